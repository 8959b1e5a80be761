// Presses the reset of a drawing pad, which lies in the shadow root of the pad's component.

export default function ({ data, parentElement }) {
  parentElement.querySelector(".clear").onclick = () => {
    for (const part of document.querySelectorAll(`.st-key-${data.pad} *`)) {
      part.shadowRoot?.querySelector('[aria-label^="Reset canvas"]')?.click()
    }
  }
}

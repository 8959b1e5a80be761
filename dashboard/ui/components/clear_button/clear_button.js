// Presses the reset of a drawing pad, and gives the pad and its tools names. Both lie in the shadow
// root of the pad's component, which is not ours and may come later, or anew.

const FOCUS = ".dc-icon-button:focus-visible { outline: 2px solid currentColor !important }"
const AGAIN = 500

export default function ({ data, parentElement }) {
  const roots = () =>
    [...document.querySelectorAll(`.st-key-${data.pad} *`)].map(part => part.shadowRoot).filter(Boolean)
  parentElement.querySelector(".clear").onclick = () => {
    for (const root of roots()) root.querySelector('[title^="Reset canvas"]')?.click()
  }
  const watched = new Map()
  const look = () => {
    for (const root of roots()) {
      if (watched.has(root)) continue
      const observer = new MutationObserver(() => name(root, data))
      observer.observe(root, { childList: true, subtree: true })
      watched.set(root, observer)
      name(root, data)
    }
  }
  look()
  const timer = setInterval(look, AGAIN)
  return () => {
    clearInterval(timer)
    for (const observer of watched.values()) observer.disconnect()
  }
}

// Names that are there already are left alone, or naming would be a change to be named again.
function name(root, { label, tools }) {
  const canvas = root.querySelector("canvas.upper-canvas")
  if (!canvas) return
  say(canvas, { role: "img", "aria-label": label })
  for (const behind of root.querySelectorAll("canvas.lower-canvas")) say(behind, { "aria-hidden": true })
  const bar = root.querySelector(".dc-toolbar")
  if (bar) say(bar, { role: "toolbar", "aria-label": tools.toolbar })
  for (const button of root.querySelectorAll(".dc-icon-button")) {
    const own = tools[button.title]
    if (own) say(button, { "aria-label": own })
  }
  if (!root.querySelector("style.focus")) {
    const style = document.createElement("style")
    style.className = "focus"
    style.textContent = FOCUS
    root.append(style)
  }
}

function say(element, attributes) {
  for (const [key, value] of Object.entries(attributes))
    if (element.getAttribute(key) !== String(value)) element.setAttribute(key, value)
}

// Not hidden by styles: what lies behind an open window is out of reach. Closed once, it stays away
// until there is a connection again.

const ONE = Symbol.for("nn-magic lost connection")
const TITLE = "Connection error" // as Streamlit 1.67 calls it

export default function () {
  if (window[ONE]) return
  window[ONE] = new MutationObserver(close)
  window[ONE].observe(document.body, { childList: true })
  close()
}

function close() {
  for (const opened of document.querySelectorAll("[data-testid=stDialog]")) {
    if (opened.querySelector("h2")?.textContent === TITLE)
      opened.querySelector("button[aria-label=Close]")?.click()
  }
}

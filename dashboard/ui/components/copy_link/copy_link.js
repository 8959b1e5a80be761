// Copies the address of the page; where the browser lets no page copy, shows it to be copied by hand.

const SECONDS = 2
let again = 0

export default function ({ parentElement }) {
  const button = parentElement.querySelector("button")
  const label = parentElement.querySelector(".label")
  const heard = parentElement.querySelector(".heard")
  const byHand = parentElement.querySelector(".by-hand")
  const field = parentElement.querySelector("input")

  const say = words => {
    clearTimeout(again)
    label.textContent = heard.textContent = words
    again = setTimeout(() => {
      label.textContent = "Copy link"
      heard.textContent = ""
    }, 1000 * SECONDS)
  }
  button.onclick = async () => {
    const address = addressOfPage()
    byHand.hidden = true
    if (await copied(address)) return say("Copied")
    byHand.hidden = false
    field.value = address
    field.focus()
    field.setSelectionRange(0, address.length, "backward") // its beginning is seen
  }
  byHand.onkeydown = event => {
    if (event.key !== "Escape") return
    byHand.hidden = true
    button.focus()
  }
  byHand.onfocusout = () => (byHand.hidden = true)
}

// A host that shows the app in a frame of its own page marks its path so (Streamlit Community Cloud).
function addressOfPage() {
  return location.href.replace("/~/+/", "/")
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copiedTheOldWay(text)
  }
}

// Over http, and in many frames, there is no other way.
function copiedTheOldWay(text) {
  const before = document.activeElement
  const area = document.createElement("textarea")
  area.value = text
  area.readOnly = true
  area.style.cssText = "position: fixed; inset: 0 auto auto 0; opacity: 0"
  document.body.append(area)
  area.select()
  const done = document.execCommand("copy")
  area.remove()
  before?.focus?.({ preventScroll: true })
  return done
}

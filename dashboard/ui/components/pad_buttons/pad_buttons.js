// Presses the tools of a drawing pad, which it hides, gives the pad a name, and draws on a new pad
// what was on the last one. All lie in the shadow root of the pad's component, which is not ours and
// may come later, or anew.

const HIDDEN = ".dc-toolbar { display: none !important }"
const UNDO = '.dc-icon-button[title="Undo"]' // as streamlit-drawable-canvas 0.13 calls them
const RESET = '.dc-icon-button[title^="Reset canvas"]'
const AGAIN = 500
const KEPT = "nn-magic-pad" // in the tab's own storage: the strokes, for a refresh
const STOP = Symbol.for("nn-magic pad") // on our element: how the last call ends
const HAS_DRAWN = Symbol.for("nn-magic strokes") // on a canvas that has got its strokes
const TRIES = 40 // until the pad takes up its pen
const TRY = 25 // milliseconds
const LEFT_OUT = 0.01 // pixels before its end: the pen always drops the last point but one

export default function ({ data, parentElement }) {
  const roots = () =>
    [...document.querySelectorAll(`.st-key-${data.pad} *`)].map(part => part.shadowRoot).filter(Boolean)
  const press = tool => roots().forEach(root => root.querySelector(tool)?.click())
  const undo = parentElement.querySelector(".undo")
  undo.onclick = () => press(UNDO)
  parentElement.querySelector(".clear").onclick = () => press(RESET)
  const strokes = data.again && !data.strokes.length ? keptByTab() : data.strokes
  if (!data.again) sessionStorage.setItem(KEPT, JSON.stringify(strokes))
  const watched = new Map()
  const look = () => {
    for (const root of roots()) {
      if (watched.has(root)) continue
      const care = () => {
        name(root, data.label)
        drawAgain(root, strokes)
        undo.disabled = root.querySelector(UNDO)?.disabled ?? true
      }
      const observer = new MutationObserver(care)
      observer.observe(root, {
        childList: true,
        subtree: true,
        attributeFilter: ["disabled"],
      })
      watched.set(root, observer)
      care()
    }
  }
  parentElement[STOP]?.() // Streamlit does not end one call before the next
  look()
  const timer = setInterval(look, AGAIN)
  const onKey = event => {
    if (!isUndo(event)) return
    event.preventDefault()
    press(UNDO)
  }
  document.addEventListener("keydown", onKey)
  parentElement[STOP] = () => {
    clearInterval(timer)
    document.removeEventListener("keydown", onKey)
    for (const observer of watched.values()) observer.disconnect()
  }
  return () => parentElement[STOP]()
}

// A field in which somebody types has an undo of its own.
function isUndo(event) {
  const isAsked = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
  const isTyping = event.composedPath()[0].closest?.("input, textarea, [contenteditable]")
  return isAsked && event.key.toLowerCase() === "z" && !isTyping
}

// Names that are there already are left alone, or naming would be a change to be named again.
function name(root, label) {
  const canvas = root.querySelector("canvas.upper-canvas")
  if (!canvas) return
  say(canvas, { role: "img", "aria-label": label })
  for (const behind of root.querySelectorAll("canvas.lower-canvas")) say(behind, { "aria-hidden": true })
  if (!root.querySelector("style.hidden")) {
    const style = document.createElement("style")
    style.className = "hidden"
    style.textContent = HIDDEN
    root.append(style)
  }
}

// A tab's storage outlives the page in it: only whoever refreshes wants the same page once more.
function keptByTab() {
  const [load] = performance.getEntriesByType("navigation")
  return load?.type === "reload" ? JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") : []
}

// By the mouse that a pen is for the pad, so that each stroke is one to undo.
async function drawAgain(root, strokes) {
  const canvas = root.querySelector("canvas.upper-canvas")
  const undo = root.querySelector(UNDO)
  if (!canvas || !undo || canvas[HAS_DRAWN]) return
  canvas[HAS_DRAWN] = true
  if (!strokes.length || !undo.disabled) return
  const [first, ...others] = strokes
  for (let tries = 0; tries < TRIES && undo.disabled; tries++) {
    drawStroke(canvas, first)
    await new Promise(resolve => setTimeout(resolve, TRY)) // it counts its strokes a moment later
  }
  for (const stroke of others) {
    drawStroke(canvas, stroke)
    await null
  }
}

function drawStroke(canvas, stroke) {
  const box = canvas.getBoundingClientRect()
  const send = (type, x, y) =>
    canvas.dispatchEvent(
      // A mouse event has whole pixels only.
      new PointerEvent(type, {
        clientX: box.left + (x * box.width) / canvas.width,
        clientY: box.top + (y * box.height) / canvas.height,
        isPrimary: true,
        bubbles: true,
        composed: true,
      }),
    )
  const points = []
  for (let i = 0; i < stroke.length; i += 2) points.push(stroke.slice(i, i + 2))
  const [x, y] = points.at(-1)
  if (points.length > 1) points.splice(-1, 0, [x + LEFT_OUT, y])
  send("mousedown", ...points[0])
  for (const point of points.slice(1)) send("mousemove", ...point)
  send("mouseup", x, y)
}

function say(element, attributes) {
  for (const [key, value] of Object.entries(attributes))
    if (element.getAttribute(key) !== String(value)) element.setAttribute(key, value)
}

// Holds a touch of a slider back from React until it is known what it is for: a scroll does not reach
// it, nor what stops the page that still rolls on from one.

const ONE = Symbol.for("nn-magic finger")
const TRACK = "[data-testid=stSlider] [role=group]" // assets/style.css leaves the browser its scrolling
const ROLLING = 100 // milliseconds since a page scrolled last

let waiting // the pointerdown of a finger on a slider that has not moved yet
let scrolled = -ROLLING

export default function () {
  if (window[ONE]) return
  window[ONE] = true
  const listen = (type, heard) => addEventListener(type, heard, { capture: true, passive: true })
  listen("scroll", event => (scrolled = event.timeStamp))
  listen("touchstart", event => isOnTrack(event) && event.stopPropagation())
  listen("pointerdown", event => {
    if (event.pointerType === "mouse" || !event.isTrusted || !isOnTrack(event)) return
    event.stopPropagation()
    waiting = event
    waiting.isTap = event.timeStamp - scrolled > ROLLING
  })
  listen("pointermove", event => {
    const [right, down] = ["clientX", "clientY"].map(side => Math.abs(event[side] - waiting?.[side]))
    passOn(event, right > down)
  })
  listen("pointerup", event => passOn(event, waiting?.isTap))
  listen("pointercancel", event => passOn(event, false))
}

function isOnTrack({ target }) {
  return target.closest?.(TRACK)
}

function passOn({ pointerId }, isForSlider) {
  if (pointerId !== waiting?.pointerId) return
  const began = waiting
  waiting = undefined
  if (isForSlider) began.target.dispatchEvent(new PointerEvent("pointerdown", began))
}

// One pair of ears for each tab: the fields come and go, and their list is brought up to date here.

const ONE = Symbol.for("nn-magic number fields")

export default function ({ data }) {
  if (!window[ONE]) {
    // A finger comes before the focus, and some phones choose their keys by then.
    document.addEventListener("pointerdown", showKeys, true)
    document.addEventListener("focusin", showKeys, true)
    document.addEventListener("keydown", count, true)
  }
  window[ONE] = Object.entries(data.fields)
}

function fieldOf(element) {
  if (!(element instanceof HTMLInputElement)) return undefined
  return window[ONE].find(([key]) => element.closest(`.st-key-${key}`))?.[1]
}

function showKeys({ target }) {
  const field = fieldOf(target)
  if (field) target.inputMode = field.whole ? "numeric" : "decimal"
}

function count(event) {
  const up = { ArrowUp: 1, ArrowDown: -1 }[event.key]
  const field = up && !event.altKey && !event.ctrlKey && !event.metaKey && fieldOf(event.target)
  if (!field) return
  const now = Number(event.target.value.trim().replace(",", "."))
  if (!Number.isFinite(now)) return
  event.preventDefault()
  const next = Number((now + up * (field.step ?? tenthOf(now))).toPrecision(12))
  if (next >= field.least) type(event.target, String(next))
}

// 0.01 for 0.03 and for 0.1: taken away again and again, it never leads to zero.
function tenthOf(value) {
  return 10 ** Math.floor(Math.log10(Math.max(value, 1e-9) * 0.999))
}

// As if a person had typed it: React hears of a value only through the input's own setter.
function type(input, text) {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, text)
  input.dispatchEvent(new Event("input", { bubbles: true }))
}

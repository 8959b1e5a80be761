// Draws signed numbers as bars or as a picture, and keeps the drawing: a new call changes numbers
// in place and builds anew only what has another shape. One View for each place on the page.

const SVG = "http://www.w3.org/2000/svg"
const SIDE = 28
const LEFT = 44
const BOTTOM = 40
const views = new WeakMap()

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  let view = views.get(parentElement)
  if (!view) {
    view = new View(parentElement)
    views.set(parentElement, view)
  }
  view.tell = position => setTriggerValue("picked", position)
  view.take(data)
  return () => {
    view.end()
    views.delete(parentElement)
  }
}

class View {
  constructor(parent) {
    this.root = parent.querySelector(".signed")
    this.svg = parent.querySelector(".plot")
    this.parts = Object.fromEntries(
      ["title", "readout", "said"].map(name => [name, parent.querySelector(`.${name}`)]),
    )
    this.shape = ""
    this.hovered = this.cursor = null
    this.observer = new ResizeObserver(() => this.data && this.draw())
    this.observer.observe(this.root)
    this.svg.onpointermove = event => event.pointerType === "mouse" && this.hover(this.cellAt(event))
    this.svg.onpointerleave = () => this.hover(null)
    this.svg.onclick = event => this.pick(this.cellAt(event))
    this.svg.onfocus = () => this.svg.matches(":focus-visible") && this.move(this.start())
    this.svg.onblur = () => this.move(null)
    this.svg.onkeydown = event => this.onKey(event)
  }

  end() {
    this.observer.disconnect()
  }

  take(data) {
    this.data = data
    this.selected = data.selected
    this.picture = data.kind === "picture"
    this.root.style.setProperty("--up", data.colors[0])
    this.root.style.setProperty("--down", data.colors[1])
    this.root.classList.toggle("picture", this.picture)
    this.root.classList.toggle("bars", !this.picture)
    this.svg.setAttribute("aria-label", `${data.title}. Arrow keys move, Enter chooses.`)
    this.parts.title.textContent = data.title
    this.parts.said.textContent = data.said
    if (this.cursor >= data.values.length) this.cursor = null
    this.hovered = null
    this.draw()
  }

  draw() {
    const width = Math.floor(this.root.clientWidth)
    if (!width) return
    const shape = [this.data.kind, width, this.data.height, this.data.values.length].join()
    if (shape !== this.shape) {
      this.shape = shape
      this.build(width)
    }
    this.largest = Math.max(...this.data.values.map(Math.abs)) || 1
    this.data.values.forEach((value, i) => this.drawCell(value, i))
    if (!this.picture) this.drawAxis()
    this.look()
  }

  // --- places ------------------------------------------------------------------------------

  build(width) {
    const count = this.data.values.length
    if (this.picture) {
      this.pitch = Math.max(8, Math.min(12, Math.floor(width / SIDE)))
      this.box = { x: 1, y: 1, width: SIDE * this.pitch, height: SIDE * this.pitch }
    } else {
      const room = width - LEFT - 2
      this.pitch = Math.min(44, room / Math.max(1, count))
      this.box = { x: LEFT, y: 8, width: this.pitch * count, height: this.data.height }
    }
    const { x, y, width: wide, height: tall } = this.box
    this.svg.replaceChildren()
    this.svg.setAttribute("width", this.picture ? wide + 2 : width)
    this.svg.setAttribute("height", this.picture ? tall + 2 : tall + y + BOTTOM)
    this.add("rect", { class: "frame", x, y, width: wide, height: tall })
    this.cells = this.data.values.map((_, i) =>
      this.add("rect", { role: "option", id: `cell-${i}`, "data-cell": this.data.positions[i] }),
    )
    this.looked = this.add("rect", { class: "mark looked" })
    this.chosen = this.add("rect", { class: "mark chosen" })
    if (this.picture) return
    this.zero = this.add("line", { class: "zero", x1: x, x2: x + wide })
    this.scale = [0, 1, 2].map(() => this.add("text", { x: x - 8, "text-anchor": "end" }))
    this.ticks = this.data.values.map((_, i) =>
      this.add("text", { x: x + (i + 0.5) * this.pitch, y: y + tall + 17, "text-anchor": "middle" }),
    )
    this.axis = this.add("text", { x: x + wide / 2, y: y + tall + 36, "text-anchor": "middle" })
  }

  add(tag, attributes) {
    const element = document.createElementNS(SVG, tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    return this.svg.appendChild(element)
  }

  set(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  }

  // The whole column of a bar, or the square of a pixel.
  place(i) {
    const { x, y, height } = this.box
    if (!this.picture) return { x: x + i * this.pitch, y, width: this.pitch, height }
    const size = this.pitch
    return { x: x + (i % SIDE) * size, y: y + Math.floor(i / SIDE) * size, width: size, height: size }
  }

  cellAt(event) {
    const frame = this.svg.getBoundingClientRect()
    const column = Math.floor((event.clientX - frame.left - this.box.x) / this.pitch)
    const row = Math.floor((event.clientY - frame.top - this.box.y) / this.pitch)
    const columns = this.picture ? SIDE : this.data.values.length
    if (column < 0 || column >= columns) return null
    if (!this.picture) return column
    return row < 0 || row >= SIDE ? null : row * SIDE + column
  }

  // --- numbers in their places -------------------------------------------------------------

  drawCell(value, i) {
    const cell = this.cells[i]
    const spot = this.place(i)
    cell.setAttribute("class", value < 0 ? "fall" : "rise")
    cell.dataset.cell = this.data.positions[i]
    if (this.picture) {
      this.set(cell, { ...spot, "fill-opacity": Math.abs(value) / this.largest })
      return
    }
    const { low, high } = this.data
    const perUnit = spot.height / (low + high || 1)
    const tall = Math.abs(value) * perUnit
    const zero = spot.y + high * perUnit
    const gap = Math.min(2, spot.width * 0.1)
    this.set(cell, {
      x: spot.x + gap,
      width: spot.width - 2 * gap,
      y: value < 0 ? zero : zero - tall,
      height: Math.max(tall, value === 0 ? 0 : 0.75),
      "aria-label": this.words(i),
    })
  }

  drawAxis() {
    const { low, high, axis } = this.data
    const { y, height } = this.box
    const perUnit = height / (low + high || 1)
    this.set(this.zero, { y1: y + high * perUnit, y2: y + high * perUnit })
    ;[high, 0, -low].forEach((value, i) => {
      const text = this.scale[i]
      const close = value !== 0 && Math.abs(value) * perUnit < 14
      text.textContent = (value === 0 && i !== 1) || close ? "" : said(value)
      text.setAttribute("y", y + (high - value) * perUnit + 4.5)
    })
    const names = this.cells.map((_, i) => this.called(i))
    const every = Math.ceil(Math.max(...names.map(name => name.length * 8 + 6)) / this.pitch)
    this.ticks.forEach((tick, i) => (tick.textContent = i % every ? "" : names[i]))
    this.axis.textContent = axis
  }

  // --- looking at one number ---------------------------------------------------------------

  hover(cell) {
    if (cell === this.hovered) return
    this.hovered = cell
    this.look()
  }

  move(cell) {
    this.cursor = cell
    this.look()
  }

  // Where the keyboard begins: at the chosen number, else at the largest.
  start() {
    const chosen = this.data.positions.indexOf(this.selected)
    if (chosen >= 0) return chosen
    const sizes = this.data.values.map(Math.abs)
    return sizes.indexOf(Math.max(...sizes))
  }

  pick(cell) {
    if (cell === null) return
    this.selected = this.data.positions[cell]
    this.look()
    this.tell(this.selected)
  }

  look() {
    const chosen = this.data.positions.indexOf(this.selected)
    const looked = this.hovered ?? this.cursor
    this.mark(this.looked, looked)
    this.mark(this.chosen, chosen < 0 ? null : chosen)
    this.cells.forEach((cell, i) => cell.setAttribute("aria-selected", i === chosen))
    if (this.cursor === null) this.svg.removeAttribute("aria-activedescendant")
    else {
      this.cells[this.cursor].setAttribute("aria-label", this.words(this.cursor))
      this.svg.setAttribute("aria-activedescendant", `cell-${this.cursor}`)
    }
    const spot = looked ?? (chosen < 0 ? null : chosen)
    this.parts.readout.textContent = spot === null ? "" : this.words(spot)
  }

  mark(element, cell) {
    element.style.display = cell === null ? "none" : ""
    if (cell !== null) this.set(element, this.place(cell))
  }

  // A pixel by row and column, anything else by its number.
  called(i) {
    const position = this.data.positions[i]
    const isPixel = this.data.name === "pixel"
    return isPixel ? `${Math.floor(position / SIDE)}, ${position % SIDE}` : String(position)
  }

  words(i) {
    return `${this.data.name} ${this.called(i)}: ${this.data.symbol} = ${said(this.data.values[i])}`
  }

  onKey(event) {
    const last = this.data.values.length - 1
    const at = this.cursor ?? this.start()
    const row = this.picture ? SIDE : 1
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }
    if (event.key === "Enter" || event.key === " ") this.pick(at)
    else if (event.key === "Home") this.move(0)
    else if (event.key === "End") this.move(last)
    else if (event.key in steps) this.move(Math.max(0, Math.min(last, at + steps[event.key])))
    else return
    event.preventDefault()
  }
}

// Draws the network picture into its element and keeps it there: a new call changes numbers in
// place and builds anew only what has another shape. One View for each place on the page.

const SVG = "http://www.w3.org/2000/svg"
const TOP = 8
const BOTTOM = 44
const views = new WeakMap()

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  let view = views.get(parentElement)
  if (!view) {
    view = new View(parentElement)
    views.set(parentElement, view)
  }
  view.pick = (layer, index) => setTriggerValue("picked", [layer, index])
  view.take(data)
  return () => {
    view.end()
    views.delete(parentElement)
  }
}

class View {
  constructor(parent) {
    this.root = parent.querySelector(".view")
    this.stage = parent.querySelector(".stage")
    this.pixels = parent.querySelector(".pixels")
    this.svg = parent.querySelector(".net")
    this.note = parent.querySelector(".note")
    this.detail = parent.querySelector(".detail")
    this.hovered = this.focused = null
    this.shape = ""
    this.data = null
    this.observer = new ResizeObserver(() => this.data && this.draw())
    this.observer.observe(this.stage)
    this.svg.onkeydown = event => this.onKey(event)
  }

  end() {
    this.observer.disconnect()
  }

  take(data) {
    this.data = data
    this.selected = data.selected
    this.root.style.setProperty("--up", data.colors[0])
    this.root.style.setProperty("--down", data.colors[1])
    this.root.style.setProperty("--paper", data.paper)
    this.svg.setAttribute("aria-label", data.label)
    this.detail.hidden = !data.detail
    const part = data.layers.find(layer => layer.shown.length < layer.size)
    this.note.hidden = !data.detail || !part
    this.note.textContent = part
      ? `Of a larger layer, ${part.shown.length} neurons are drawn: those that send most onward ` +
        "(activation times the sizes of the weights that leave), and those that feed the marked " +
        "neuron most."
      : ""
    this.pictures = data.layers.map(layer => layer.pictures && signedBytes(layer.pictures))
    this.draw()
  }

  draw() {
    const began = performance.now()
    if (!this.stage.clientWidth) return
    // Where the page's letters are larger than usual, so is the picture.
    this.scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
    const width = this.stage.clientWidth / this.scale
    const { height, layers, outputs } = this.data
    const sizes = layers.map(l => l.shown.length)
    const shape = JSON.stringify([width, height, this.scale, sizes, outputs])
    if (shape !== this.shape) {
      this.shape = shape
      this.build(width, height)
    }
    this.drawPixels()
    layers.forEach((layer, k) => this.drawLayer(layer, k))
    this.drawAll()
    this.look()
    this.root.dataset.drawMs = (performance.now() - began).toFixed(1)
  }

  // --- places ------------------------------------------------------------------------------

  build(width, height) {
    const layers = this.data.layers
    const narrow = width < 560
    const side = narrow ? Math.max(72, Math.min(112, width * 0.27)) : Math.min(196, width * 0.24)
    const middle = TOP + (height - TOP - BOTTOM) / 2
    this.image = { x: 0, y: middle - side / 2, side }
    Object.assign(this.pixels.style, {
      left: "0px",
      top: `${this.scale * this.image.y}px`,
      width: `${this.scale * side}px`,
      height: `${this.scale * side}px`,
    })
    const first = side + (narrow ? 34 : 90)
    const last = width - (narrow ? 30 : 44)
    const step = layers.length > 1 ? (last - first) / (layers.length - 1) : 0
    this.columns = layers.map((layer, k) => {
      const x = layers.length > 1 ? first + k * step : last
      const count = layer.shown.length
      const pitch = Math.min(34, (height - TOP - BOTTOM) / count)
      return { x, pitch, top: middle - (pitch * count) / 2, radius: Math.min(11, pitch * 0.38) }
    })

    this.svg.replaceChildren()
    this.svg.setAttribute("width", this.scale * width)
    this.svg.setAttribute("height", this.scale * height)
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
    this.all = this.add(this.svg, "g", { class: "all" })
    this.into = this.add(this.svg, "g", { class: "into" })
    this.slots = layers.map((layer, k) => layer.shown.map((_, slot) => this.addNeuron(k, slot)))
    this.addText(side / 2, this.image.y + side + 18, narrow ? "784" : "784 pixels")
    const room = layers.length > 1 ? step : width
    this.labels = layers.map((_, k) => [
      this.addText(this.columns[k].x, height - 22, ""),
      this.addText(this.columns[k].x, height - 6, ""),
    ])
    layers.forEach((_, k) => {
      const output = k === layers.length - 1
      const words = room > 84 ? `Hidden ${k + 1}` : `${k + 1}`
      this.labels[k][0].textContent = output ? (room > 50 ? "Output" : "Out") : words
    })
    this.room = room
  }

  add(parent, tag, attributes = {}) {
    const element = document.createElementNS(SVG, tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    return parent.appendChild(element)
  }

  addText(x, y, words) {
    const text = this.add(this.svg, "text", { x, y })
    text.textContent = words
    return text
  }

  addNeuron(k, slot) {
    const { x, y } = this.place(k, slot)
    const { pitch, radius } = this.columns[k]
    const wide = Math.max(22, radius + 8)
    const group = this.add(this.svg, "g", { class: "neuron", role: "button", tabindex: -1 })
    this.add(group, "rect", {
      class: "hit",
      x: x - wide,
      y: y - pitch / 2,
      width: 2 * wide,
      height: pitch,
      rx: 4,
    })
    this.add(group, "circle", { class: "body", cx: x, cy: y, r: radius })
    const glow = this.add(group, "circle", { class: "glow", cx: x, cy: y, r: radius - 0.7 })
    const r = radius * 0.72
    const cross = `M${x - r} ${y - r}L${x + r} ${y + r}M${x - r} ${y + r}L${x + r} ${y - r}`
    this.add(group, "path", { class: "cross", d: cross })
    this.add(group, "circle", { class: "ring", cx: x, cy: y, r: radius + 2.5 })
    if (k === this.data.layers.length - 1) {
      const digit = this.add(group, "text", { class: "digit", x: x + radius + 7, y: y + 5.5 })
      digit.textContent = this.data.outputs[slot]
    }
    group.onpointerenter = event => event.pointerType === "mouse" && this.hover([k, slot])
    group.onpointerleave = () => this.hover(null)
    group.onfocus = () => this.focus([k, slot])
    group.onblur = () => this.focus(null)
    group.onclick = () => this.choose(k, slot)
    return { group, glow }
  }

  place(k, slot) {
    const column = this.columns[k]
    return { x: column.x, y: column.top + (slot + 0.5) * column.pitch }
  }

  // Where an edge begins: a pixel of the image, or a neuron of the layer before.
  source(k, index) {
    if (k > 0) return this.place(k - 1, this.data.layers[k - 1].shown.indexOf(index))
    const size = this.image.side / 28
    return { x: ((index % 28) + 0.5) * size, y: this.image.y + (Math.floor(index / 28) + 0.5) * size }
  }

  // --- numbers in their places -------------------------------------------------------------

  drawPixels() {
    const bytes = Uint8Array.from(atob(this.data.image), c => c.charCodeAt(0))
    const context = this.pixels.getContext("2d")
    const picture = context.createImageData(28, 28)
    bytes.forEach((value, i) => {
      const share = value / 255
      picture.data.set([13 + 242 * share, 16 + 239 * share, 24 + 231 * share, 255], 4 * i)
    })
    context.putImageData(picture, 0, 0)
  }

  drawLayer(layer, k) {
    const output = k === this.data.layers.length - 1
    const { shown, size } = layer
    const counted = shown.length < size ? `${shown.length} of ${size.toLocaleString("en")}` : `${size}`
    this.labels[k][1].textContent = this.room > 62 || shown.length === size ? counted : `of ${size}`
    shown.forEach((index, slot) => {
      const { group, glow } = this.slots[k][slot]
      const shade = layer.shade[slot]
      glow.setAttribute("fill-opacity", Math.abs(shade))
      group.classList.toggle("negative", shade < 0)
      group.classList.toggle("silenced", layer.silenced[slot])
      group.classList.toggle("answer", output && index === this.data.answer)
      group.dataset.neuron = `${k}.${index}`
      group.setAttribute(
        "aria-label",
        `${this.name(k, index)}: a = ${said(layer.a[slot])}, z = ${said(layer.z[slot])}, ` +
          `bias ${said(layer.b[slot])}${layer.silenced[slot] ? ", silenced" : ""}`,
      )
    })
  }

  drawAll() {
    const lines = []
    this.data.edges.forEach((edges, k) => {
      for (const [from, to, share] of edges)
        lines.push([k, from, this.data.layers[k].shown.indexOf(to), share, 2.2])
    })
    this.lines(this.all, lines)
  }

  lines(group, lines) {
    while (group.childElementCount > lines.length) group.lastChild.remove()
    while (group.childElementCount < lines.length) this.add(group, "path")
    lines.forEach(([k, from, slot, share, most], i) => {
      const a = this.source(k, from)
      const b = this.place(k, slot)
      const path = group.children[i]
      path.setAttribute("class", share < 0 ? "edge down" : "edge up")
      path.setAttribute("d", `M${a.x.toFixed(1)} ${a.y.toFixed(1)}L${b.x.toFixed(1)} ${b.y.toFixed(1)}`)
      path.setAttribute("stroke-width", Math.max(0.4, most * Math.abs(share)).toFixed(2))
      path.setAttribute("stroke-opacity", (0.25 + 0.75 * Math.abs(share)).toFixed(2))
    })
  }

  // --- looking at one neuron ---------------------------------------------------------------

  hover(spot) {
    this.hovered = spot
    this.look()
  }

  focus(spot) {
    this.focused = spot
    this.look()
  }

  choose(k, slot) {
    const index = this.data.layers[k].shown[slot]
    this.selected = [k, index]
    this.look()
    this.pick(k, index)
  }

  // The slot of a neuron as Python names it, or null where it is not drawn.
  slotOf(neuron) {
    if (!neuron || !this.data.layers[neuron[0]]) return null
    const slot = this.data.layers[neuron[0]].shown.indexOf(neuron[1])
    return slot < 0 ? null : [neuron[0], slot]
  }

  look() {
    const chosen = this.slotOf(this.selected)
    const spot = [this.hovered, this.focused, chosen].find(s => s && this.slots[s[0]]?.[s[1]]) ?? null
    const stop = this.focused ?? chosen ?? [this.slots.length - 1, 0]
    this.slots.forEach((column, k) =>
      column.forEach(({ group }, slot) => {
        const is = pair => pair !== null && pair[0] === k && pair[1] === slot
        group.classList.toggle("selected", is(chosen))
        group.setAttribute("aria-pressed", is(chosen))
        group.setAttribute("tabindex", is(stop) ? 0 : -1)
      }),
    )
    this.root.classList.toggle("looking", spot !== null)
    const edges = spot ? this.data.layers[spot[0]].into[spot[1]] : []
    const lines = edges.map(([from, share]) => [spot[0], from, spot[1], share, 4.5])
    this.lines(this.into, lines)
    this.explain(spot)
  }

  onKey(event) {
    const at = this.focused
    if (!at) return
    let [k, slot] = at
    if (event.key === "Enter" || event.key === " ") this.choose(k, slot)
    else if (event.key === "ArrowUp") slot -= 1
    else if (event.key === "ArrowDown") slot += 1
    else if (event.key === "ArrowLeft") k -= 1
    else if (event.key === "ArrowRight") k += 1
    else return
    event.preventDefault()
    if (!this.slots[k]) return
    const same = k === at[0]
    const share = (at[1] + 0.5) / this.slots[at[0]].length
    const next = same ? slot : Math.floor(share * this.slots[k].length)
    this.slots[k][next]?.group.focus()
  }

  name(k, index) {
    const output = k === this.data.layers.length - 1
    return output ? `Output ${this.data.outputs[index]}` : `Hidden layer ${k + 1}, neuron ${index}`
  }

  explain(spot) {
    if (!this.data.detail) return
    this.detail.replaceChildren()
    const words = document.createElement("div")
    words.className = "words"
    if (!spot) {
      line(words, "hint", "Point at a neuron, or tab to it and use the arrow keys.")
      this.detail.append(words)
      return
    }
    const [k, slot] = spot
    const layer = this.data.layers[k]
    const largest = said(layer.largest[slot])
    this.detail.append(layer.bars ? this.bars(k, slot) : this.picture(k, slot), words)
    line(words, "title", this.name(k, layer.shown[slot]))
    line(words, "numbers", `bias b = ${said(layer.b[slot])}`)
    line(words, "numbers", `weighted sum z = ${said(layer.z[slot])}`)
    const silenced = layer.silenced[slot] ? ", silenced by hand" : ""
    line(words, "numbers", `activation a = ${said(layer.a[slot])}${silenced}`)
    const before = k ? this.data.layers[k - 1].size : 784
    const drawn = layer.bars?.[slot].length
    const part = drawn < before ? `The ${drawn} largest of ${before.toLocaleString("en")} weights` : "Weights"
    const by = layer.bars ? " by the neurons that they come from" : ""
    line(words, "hint", `${part}${by}: green up, magenta down; the largest is ${largest}.`)
  }

  picture(k, slot) {
    const canvas = document.createElement("canvas")
    canvas.width = canvas.height = 28
    canvas.setAttribute("role", "img")
    canvas.setAttribute("aria-label", "Its 784 weights as a picture of 28 by 28")
    const context = canvas.getContext("2d")
    const picture = context.createImageData(28, 28)
    const colors = this.data.colors.map(rgb)
    for (let i = 0; i < 784; i++) {
      const level = this.pictures[k][784 * slot + i] / 127
      picture.data.set([...colors[level < 0 ? 1 : 0], 255 * Math.abs(level)], 4 * i)
    }
    context.putImageData(picture, 0, 0)
    return canvas
  }

  bars(k, slot) {
    const bars = this.data.layers[k].bars[slot]
    const largest = Math.max(...bars.map(([, w]) => Math.abs(w)), 1e-12)
    const figure = document.createElement("div")
    figure.className = "bars"
    const scale = document.createElement("div")
    scale.className = "scale"
    for (const value of [largest, 0, -largest]) line(scale, "tick", said(value))
    const svg = document.createElementNS(SVG, "svg")
    svg.setAttribute("viewBox", `0 0 ${bars.length} 100`)
    svg.setAttribute("preserveAspectRatio", "none")
    svg.setAttribute("role", "img")
    svg.setAttribute("aria-label", "Its weights as bars, by the neurons that they come from")
    bars.forEach(([source, w], i) => {
      const tall = (50 * Math.abs(w)) / largest
      const bar = { x: i + 0.12, width: 0.76, y: w > 0 ? 50 - tall : 50, height: tall }
      const rect = this.add(svg, "rect", { class: w > 0 ? "rise" : "fall", ...bar })
      this.add(rect, "title").textContent = `from neuron ${source}: ${said(w)}`
    })
    const axis = { class: "axis", x1: 0, x2: bars.length, y1: 50, y2: 50 }
    this.add(svg, "line", { ...axis, "vector-effect": "non-scaling-stroke" })
    const ends = document.createElement("div")
    ends.className = "ends"
    line(ends, "tick", `neuron ${bars[0][0]}`)
    if (bars.length > 1) line(ends, "tick", `neuron ${bars[bars.length - 1][0]}`)
    figure.append(scale, svg, ends)
    return figure
  }
}

function line(parent, kind, words) {
  const element = document.createElement("div")
  element.className = kind
  element.textContent = words
  parent.append(element)
}

function rgb(color) {
  return [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16))
}

function signedBytes(text) {
  return Int8Array.from(atob(text), c => c.charCodeAt(0))
}

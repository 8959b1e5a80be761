// Draws the slider once and keeps it; what Python says of its places is taken over whenever nobody
// moves it and no message is under way. One View for each place on the page.

const PATIENCE_MS = 10_000 // for an answer; a message may be lost on the way
const views = new WeakMap()

export default function ({ data, parentElement, setStateValue }) {
  let view = views.get(parentElement)
  if (!view) {
    view = new View(parentElement, data)
    views.set(parentElement, view)
  }
  view.tell = at => setStateValue("at", at)
  view.take(data)
  return () => {
    view.end()
    views.delete(parentElement)
  }
}

class View {
  constructor(parent, data) {
    this.root = parent.querySelector(".slider")
    this.track = parent.querySelector(".track")
    this.number = data.answered
    this.held = ""
    this.asking = false
    this.next = null
    this.handles = data.places.map((_, i) => this.addHandle(i))
    this.root.classList.toggle("two", this.handles.length > 1)
  }

  // Whoever still holds it when the page changes lets go of nothing.
  end() {
    clearTimeout(this.timer)
    this.holding?.abort()
  }

  addHandle(i) {
    const input = document.createElement("input")
    input.type = "range"
    const [handle, said] = ["handle", "said"].map(kind => {
      const part = document.createElement("div")
      part.className = kind
      return part
    })
    said.setAttribute("aria-hidden", "true")
    this.track.append(input, handle, said)
    input.oninput = () => this.move(i)
    input.onpointerdown = event => {
      if (event.button) return
      this.held = "pointer"
      this.holding?.abort()
      this.holding = new AbortController()
      const { signal } = this.holding
      const before = this.places
      addEventListener("pointerup", () => this.letGo(), { signal })
      addEventListener(
        "pointercancel",
        () => {
          this.places = before // the finger scrolls the page
          this.draw()
          this.letGo()
        },
        { signal },
      )
    }
    input.onkeydown = event => {
      if (/^(Arrow|Page|Home|End)/.test(event.key)) this.held = "key"
    }
    input.onkeyup = input.onblur = () => this.held === "key" && this.letGo()
    return { input, handle, said }
  }

  take(data) {
    this.data = data
    this.root.querySelector(".label").textContent = data.label
    this.root.classList.toggle("compact", data.compact)
    this.handles.forEach(({ input }, i) => {
      Object.assign(input, { min: data.low, max: data.high, step: data.step })
      const which = this.handles.length > 1 ? [", first", ", second"][i] : ""
      input.setAttribute("aria-label", data.label + which)
    })
    if (data.answered === this.number) this.asking = false
    if (!this.held && !this.asking && !this.next) this.places = data.places
    this.draw()
    this.ask()
  }

  draw() {
    const { low, high } = this.data
    const shares = this.places.map(place => (place - low) / (high - low || 1))
    this.handles.forEach(({ input, handle, said }, i) => {
      input.value = this.places[i]
      said.textContent = this.said(this.places[i])
      said.style.setProperty("--letters", said.textContent.length)
      input.setAttribute("aria-valuetext", said.textContent)
      for (const element of [handle, said]) element.style.setProperty("--at", `${100 * shares[i]}%`)
    })
    const [from, to] = this.handles.length > 1 ? shares : [0, shares[0]]
    this.track.style.setProperty("--from", `${100 * from}%`)
    this.track.style.setProperty("--to", `${100 * to}%`)
    this.track.style.setProperty("--middle", (from + to) / 2)
    this.root.querySelector(".value").textContent = this.places.map(p => this.said(p)).join(" – ")
    const [first, last] = this.track.querySelectorAll(".ends span")
    first.textContent = this.said(low)
    last.textContent = this.said(high)
  }

  said(place) {
    const { texts, low, decimals } = this.data
    return texts[place - low] ?? place.toFixed(decimals).replace("-", "\u2212")
  }

  // --- moving --------------------------------------------------------------------------------

  move(i) {
    const place = Number(this.handles[i].input.value)
    const [least, most] = [this.places[i - 1] ?? -Infinity, this.places[i + 1] ?? Infinity]
    this.places = this.places.with(i, Math.min(Math.max(place, least), most))
    this.draw()
    this.say(this.held !== "")
  }

  letGo() {
    this.holding?.abort()
    this.held = ""
    if (this.moving) this.say(false)
  }

  // Only the newest places wait; those before them are passed over.
  say(moving) {
    this.moving = moving
    this.next = { places: this.places, moving }
    this.ask()
  }

  ask() {
    if (!this.next || this.asking) return
    this.asking = true
    this.number += 1
    this.tell({ ...this.next, number: this.number })
    this.next = null
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.asking = false
      this.take(this.data)
    }, PATIENCE_MS)
  }
}

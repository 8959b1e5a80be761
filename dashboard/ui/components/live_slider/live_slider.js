// Draws the slider once and keeps it; what Python says of its places is taken over whenever nobody
// moves it and no message is under way. One View for each place on the page.

const PATIENCE_MS = 10_000 // for an answer; a message may be lost on the way
const ROLLING_MS = 100 // since the page scrolled last: a touch stops it, and means nothing else
const views = new WeakMap()
let scrolled = -ROLLING_MS
addEventListener("scroll", event => (scrolled = event.timeStamp), { capture: true, passive: true })

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
    this.undecided = false // whether what holds it is to move it
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
    input.oninput = () => this.undecided || this.move(i)
    input.onpointerdown = event => {
      if (event.button) return
      this.held = "pointer"
      this.holding?.abort()
      this.holding = new AbortController()
      this.undecided = event.pointerType !== "mouse" // it may be about to scroll the page
      const listen = (type, heard) => addEventListener(type, heard, { signal: this.holding.signal })
      listen("pointermove", ({ clientX, clientY }) => {
        if (Math.abs(clientX - event.clientX) > Math.abs(clientY - event.clientY)) this.decide(i)
      })
      const isTap = event.timeStamp - scrolled > ROLLING_MS
      listen("pointerup", () => {
        if (isTap) this.decide(i)
        this.letGo()
      })
      listen("pointercancel", () => this.letGo())
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

  // A finger that has gone to a side, or away again at once, means the slider.
  decide(i) {
    if (!this.undecided) return
    this.undecided = false
    this.move(i)
  }

  letGo() {
    this.holding?.abort()
    this.held = ""
    if (this.undecided) this.draw() // where it was
    this.undecided = false
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

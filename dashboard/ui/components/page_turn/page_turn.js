// Watches the address: Streamlit makes a new entry of the browser's history each time that a page
// completes or changes its parameters, leaves the page where the last one was scrolled to, and its
// menu on a phone open. One Turns for each tab, whichever page it shows.

const ONE = Symbol.for("nn-magic page turn")
const NARROW = "(max-width: 768px)" // from there on, the menu lies over the page
const SETTLING = 3000 // milliseconds in which a page that is drawn in parts is kept in place
const CROSSING = 2000 // milliseconds between a page's first parameters and its path, at most

export default function ({ data }) {
  window[ONE] ??= new Turns(data.params)
}

class Turns {
  constructor(params) {
    this.params = params
    this.tops = new Map() // how far down each entry of the history was left, by its number
    this.number = history.state?.turn ?? 0
    this.url = location.href
    this.last = { from: this.url, isNew: false, at: -CROSSING } // Streamlit's last new entry
    const push = history.pushState.bind(history)
    const replace = history.replaceState.bind(history)
    history.replaceState = (state, title, url) => {
      replace({ ...state, turn: this.number }, title, url)
      this.url = location.href
    }
    history.pushState = (state, title, url) => {
      const next = new URL(url ?? "", location.href)
      const isCrossed = this.isCrossed(next)
      if (isCrossed && !this.last.isNew) history.replaceState(history.state, "", this.last.from)
      const isNew = !this.isSamePlace(next) && !(isCrossed && this.last.isNew)
      this.last = { from: this.url, isNew, at: performance.now() }
      if (isNew) {
        this.number += 1
        push({ ...state, turn: this.number }, title, url)
      } else {
        history.replaceState(state, title, url)
      }
      if (isNew || isCrossed) this.arrive(0)
    }
    history.replaceState(history.state, "")
    // Before Streamlit hears of it.
    addEventListener("popstate", event => this.onPopState(event), true)
    document.addEventListener("click", event => this.onClick(event), true)
    this.closeMenu()
  }

  isSamePlace(next) {
    const now = new URL(this.url)
    if (now.pathname !== next.pathname) return false
    const said = this.params.map(name => [now.searchParams.get(name), next.searchParams.get(name)])
    return said[0][0] === null || said.every(([before, after]) => before === after)
  }

  // Whether the page that comes has said its parameters before its path, as happens when both come
  // at once: the page that goes was given them.
  isCrossed(next) {
    const now = new URL(this.url)
    const isRecent = performance.now() - this.last.at < CROSSING
    return isRecent && next.pathname !== now.pathname && next.search && next.search === now.search
  }

  onPopState(event) {
    const here = new URL(location.href)
    const to = event.state?.turn
    if (!this.isSamePlace(here)) {
      this.leave()
      this.number = to ?? 0
      this.arrive(this.tops.get(this.number) ?? 0)
    } else if (here.hash !== new URL(this.url).hash) {
      // A link to a heading of this page was followed, and Streamlit scrolls there, or taken back.
      this.number = to ?? this.number + 1
      history.replaceState(event.state, "")
      if (to !== undefined) this.stayAt(this.tops.get(to) ?? 0)
    } else {
      // What the page wrote before this ran, as at the first load, or its other side: go past it.
      event.stopImmediatePropagation()
      const isForward = to > this.number
      this.number = to ?? this.number - 1
      history.replaceState(event.state, "", this.url)
      history.go(isForward ? 1 : -1)
    }
  }

  onClick(event) {
    this.leave() // now: before a page is changed, Streamlit may scroll the old one
    // Whoever chooses the page that is open already sees it too.
    if (event.target.closest?.("[data-testid=stSidebar] a")) this.closeMenu()
  }

  leave() {
    this.tops.set(this.number, main()?.scrollTop ?? 0)
  }

  arrive(top) {
    this.url = location.href
    this.closeMenu()
    this.stayAt(top)
  }

  // Keeps the page there while its parts come, until somebody moves it.
  stayAt(top) {
    this.settling?.abort()
    const element = main()
    if (!element) return
    const settling = (this.settling = new AbortController())
    const { signal } = settling
    const go = () => element.scrollTo({ top, behavior: "instant" })
    const observer = new ResizeObserver(go)
    observer.observe(element.firstElementChild ?? element)
    signal.addEventListener("abort", () => observer.disconnect())
    for (const type of ["wheel", "touchstart", "pointerdown", "keydown"]) {
      addEventListener(type, () => settling.abort(), { signal, capture: true, passive: true })
    }
    setTimeout(() => settling.abort(), SETTLING)
    go()
  }

  closeMenu() {
    if (!matchMedia(NARROW).matches) return
    document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click()
  }
}

function main() {
  return document.querySelector("[data-testid=stMain]")
}

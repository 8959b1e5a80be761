// A button and a window (a modal <dialog>) with every word. All of it happens in the browser; only
// a chapter's link is told to the server.

const views = new WeakMap()
const ALIKE = 0.4 // so many slips a letter, at most, and a word is still meant

export default function ({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement)
  if (!view) views.set(parentElement, (view = make(parentElement, data)))
  view.onChapter = (chapter) => setTriggerValue("chapter", chapter)
  if (data.asked && data.asked !== view.asked) view.open(data.asked)
  view.asked = data.asked ?? view.asked
  return () => {
    view.leave()
    views.delete(parentElement)
  }
}

function make(parentElement, { words, colors }) {
  const root = parentElement.querySelector(".glossary")
  const [dialog, search, none, list] = ["dialog", "input", ".none", ".words"].map((what) =>
    root.querySelector(what),
  )
  for (const [name, color] of Object.entries(colors)) root.style.setProperty(`--${name}`, color)
  const view = { open, leave, onChapter: () => {} }
  const articles = new Map()

  function fill() {
    for (const word of words) {
      const article = document.createElement("article")
      article.tabIndex = -1
      article.innerHTML = `${word.picture}<div><h2></h2><p></p></div>`
      article.querySelector("svg").setAttribute("aria-hidden", "true")
      const heading = article.querySelector("h2")
      heading.append(word.name, element("span", "symbol", word.symbol))
      article.querySelector("p").textContent = word.meaning
      if (word.chapter) {
        const more = element("button", "more", "Open its chapter")
        more.type = "button"
        more.setAttribute("aria-label", `Open the chapter on ${word.name}`)
        more.onclick = () => {
          dialog.close()
          view.onChapter(word.chapter)
        }
        article.lastElementChild.append(more)
      }
      articles.set(word.slug, article)
      list.append(article)
    }
  }

  function open(slug) {
    if (!articles.size) fill()
    search.value = ""
    filter()
    if (!dialog.open) dialog.showModal()
    const article = articles.get(slug)
    if (article) {
      article.scrollIntoView()
      article.focus({ preventScroll: true })
    } else {
      list.scrollTop = 0
      search.focus()
    }
  }

  // Words that begin so come first, then words that are called so, then those explained with it;
  // where there is none, those that are spelt much alike.
  function filter() {
    const asked = search.value.trim().toLowerCase()
    let ranked = words.map((word) => [rank(word, asked), word]).filter(([place]) => place < 3)
    const isKnown = ranked.length > 0
    if (!isKnown) {
      ranked = words.map((word) => [unlikeness(word, asked), word])
      ranked = ranked.filter(([unlike]) => unlike <= ALIKE)
    }
    ranked.sort(([one], [other]) => one - other)
    const shown = new Set(ranked.map(([, word]) => word.slug))
    for (const [slug, article] of articles) article.hidden = !shown.has(slug)
    for (const [, word] of ranked) list.append(articles.get(word.slug))
    const alike = shown.size ? "; spelt much alike:" : "."
    none.textContent = isKnown ? "" : `None of these ${words.length} words is called that${alike}`
    list.scrollTop = 0
  }

  search.oninput = filter
  search.onkeydown = (event) => {
    if (event.key === "Enter") list.querySelector("article:not([hidden])")?.focus()
  }
  root.querySelector(".open").onclick = () => open()
  root.querySelector(".close").onclick = () => dialog.close()
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close() // beside the window
  }

  function followLink(event) {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return
    const link = event.composedPath().find((part) => part.tagName === "A" && part.href)
    const slug = link && new URL(link.href).searchParams.get("word")
    if (!slug || !words.some((word) => word.slug === slug)) return
    event.preventDefault()
    event.stopPropagation()
    open(slug)
  }

  function pressKey(event) {
    if (event.key !== "?" || dialog.open || event.ctrlKey || event.metaKey || event.altKey) return
    const at = event.composedPath()[0]
    if (at.isContentEditable || at.matches?.("input, textarea, select")) return
    event.preventDefault()
    open()
  }

  document.addEventListener("click", followLink, true)
  document.addEventListener("keydown", pressKey)
  function leave() {
    document.removeEventListener("click", followLink, true)
    document.removeEventListener("keydown", pressKey)
  }
  root.hidden = false // from here on there is somebody to answer
  return view
}

function rank(word, asked) {
  const name = word.name.toLowerCase()
  if (name.startsWith(asked)) return 0
  const called = [name, word.symbol, ...word.others].join(" ").toLowerCase()
  if (called.includes(asked)) return 1
  return word.meaning.toLowerCase().includes(asked) ? 2 : 3
}

// The fewest letters to change, add or leave out until a name of the word is what was asked
// (Levenshtein), by the length of what was asked.
function unlikeness(word, asked) {
  const names = [word.name, `${word.name}s`, ...word.others]
  const slips = names.map((name) => slipsBetween(asked, name.toLowerCase()))
  return Math.min(...slips) / asked.length
}

function slipsBetween(one, other) {
  let row = [...Array(other.length + 1).keys()]
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1]
    for (let j = 0; j < other.length; j += 1) {
      next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (letter !== other[j])))
    }
    row = next
  }
  return row[other.length]
}

function element(tag, name, text) {
  const made = document.createElement(tag)
  made.className = name
  made.textContent = text
  return made
}

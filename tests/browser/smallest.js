// The smallest letters that are seen within an element, as pixels of the screen, and their words.
// What is set in KaTeX is counted by the letters of its line, not by its indices.
element => {
  let smallest = { pixels: Infinity, words: "" }
  const look = node => {
    if (node.shadowRoot) node.shadowRoot.childNodes.forEach(look)
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.matches("style, .katex-mathml, .katex .vlist-t, [data-testid=stIconMaterial]")) return
      node.childNodes.forEach(look)
      return
    }
    const words = node.textContent?.trim()
    const parent = node.parentElement
    if (node.nodeType !== Node.TEXT_NODE || !words || !parent) return
    const range = document.createRange()
    range.selectNodeContents(node)
    const { width, height } = range.getBoundingClientRect()
    const style = getComputedStyle(parent)
    if (width < 2 || height < 2 || style.visibility === "hidden" || style.opacity === "0") return
    const drawn = parent.getScreenCTM?.() // a turned axis title's letters are as large as others
    const enlarged = drawn ? Math.hypot(drawn.b, drawn.d) : (parent.currentCSSZoom ?? 1)
    const pixels = parseFloat(style.fontSize) * enlarged
    if (pixels < smallest.pixels) smallest = { pixels, words }
  }
  look(element)
  return smallest
}

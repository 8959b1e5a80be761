// Runs in a page and returns "words: ratio" for each text whose contrast to what lies behind it is
// below WCAG's 4.5:1, shadow roots included. Words on canvases or over drawn shapes are beyond it.
() => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
  const rgba = color => {
    context.clearRect(0, 0, 1, 1)
    context.fillStyle = color
    context.fillRect(0, 0, 1, 1)
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data
    return [r, g, b, a / 255]
  }
  const over = (top, below, a = top[3]) => below.map((v, i) => (i < 3 ? top[i] * a + v * (1 - a) : 1))
  const luminance = color => {
    const [r, g, b] = color.map(v => {
      const share = v / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const outwards = element => {
    const chain = []
    for (let e = element; e; e = e.assignedSlot ?? e.parentElement ?? e.getRootNode().host) chain.push(e)
    return chain
  }
  const faint = new Set()
  const judge = (element, words) => {
    const chain = outwards(element)
    const style = getComputedStyle(element)
    // Icons are no words, WCAG spares what is disabled, and a slider's value floats above its handle.
    const spared = "[data-testid=stIconMaterial], :disabled, [aria-disabled=true], [data-disabled]"
    if (style.visibility === "hidden" || chain.some(e => e.matches(spared))) return
    if (element.closest("label")?.parentElement.querySelector("input:disabled")) return
    const handle = element.closest("[data-testid=stSliderThumbValue]")?.parentElement
    let behind = [255, 255, 255, 1]
    for (const e of [...chain].reverse())
      if (e !== handle) behind = over(rgba(getComputedStyle(e).backgroundColor), behind)
    const opacity = chain.reduce((all, e) => all * getComputedStyle(e).opacity, 1)
    const own = rgba(element.closest("svg") ? style.fill : style.color)
    if (own[3] * opacity < 0.05) return
    const [light, dark] = [over(own, behind, own[3] * opacity), behind].map(luminance).sort((a, b) => b - a)
    const ratio = (light + 0.05) / (dark + 0.05)
    if (ratio < 4.5) faint.add(`${words.slice(0, 40)}: ${ratio.toFixed(2)}`)
  }
  const walk = root => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT)
    while (walker.nextNode()) {
      const node = walker.currentNode
      if (node.shadowRoot) walk(node.shadowRoot)
      const words = node.nodeType === Node.TEXT_NODE ? node.textContent.trim() : ""
      if (!words || ["STYLE", "SCRIPT", "TITLE"].includes(node.parentElement?.tagName.toUpperCase())) continue
      const place = document.createRange()
      place.selectNodeContents(node)
      const { width, height } = place.getBoundingClientRect()
      if (width > 1 && height > 1) judge(node.parentElement, words)
    }
  }
  walk(document.body)
  return [...faint]
}

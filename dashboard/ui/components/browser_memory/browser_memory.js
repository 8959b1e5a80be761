// Adds the session's words to the browser's, takes away those that are gone, and tells the session
// once which it lacks: after a refresh it lacks all of them.

const PREFIX = "nn-magic " // whoever is forgotten loses all of these (workspace_cookie.js)
const told = new Map() // by name: what this page has told

export default function ({ data, setStateValue }) {
  const kept = remembered(data)
  const gone = new Set(data.gone)
  const all = [...new Set([...kept, ...data.words])].filter(word => !gone.has(word)).sort()
  const said = JSON.stringify(all)
  if (said !== JSON.stringify(kept)) remember(data, said)
  if (all.length === data.words.length || told.get(data.name) === said) return
  told.set(data.name, said)
  setStateValue("recalled", all)
}

function remembered({ name, lasts }) {
  try {
    return JSON.parse((lasts ? localStorage : sessionStorage).getItem(PREFIX + name) ?? "[]")
  } catch {
    return [] // a frame that may keep nothing
  }
}

function remember({ name, lasts }, said) {
  try {
    const storage = lasts ? localStorage : sessionStorage
    storage.setItem(PREFIX + name, said)
  } catch {}
}

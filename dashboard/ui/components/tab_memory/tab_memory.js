// Adds the session's words to the tab's, and tells the session once which it lacks: after a refresh
// it lacks all of them.

const PREFIX = "nn-magic "
const told = new Map() // by name: what this page has told

export default function ({ data, setStateValue }) {
  const kept = remembered(data.name)
  const all = [...new Set([...kept, ...data.words])].sort()
  if (all.length > kept.length) remember(data.name, all)
  const said = JSON.stringify(all)
  if (all.length === data.words.length || told.get(data.name) === said) return
  told.set(data.name, said)
  setStateValue("recalled", all)
}

function remembered(name) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "[]")
  } catch {
    return [] // a frame that may keep nothing
  }
}

function remember(name, words) {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(words))
  } catch {}
}

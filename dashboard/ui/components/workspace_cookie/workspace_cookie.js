// Keeps the key to a visitor's workspace in a cookie, and tells where the cookie says another one:
// two tabs that are opened at once each come with a key of their own, and in any tab the visitor
// may ask for another. The browser is right, and what it says is what all of its tabs show.

const SECONDS = 400 * 24 * 60 * 60
const KEY = /^[A-Za-z0-9_-]{22,64}$/

let done = "" // the data that this page has acted on
let current = null

export default function ({ data, setTriggerValue }) {
  current = { data, setTriggerValue }
  const asked = JSON.stringify(data)
  if (asked !== done) {
    if (!data.insists && differs()) return
    done = asked
    if (!remember(data)) setTriggerValue("refused", true)
    if (data.leaves) leave(data.insists)
  }
  return () => {
    current = null
  }
}

function leave(forgets) {
  try {
    sessionStorage.clear()
    const ours = Object.keys(localStorage).filter(key => key.startsWith("nn-magic "))
    if (forgets) ours.forEach(key => localStorage.removeItem(key)) // browser_memory.js
  } catch {} // a frame that may keep nothing at all
  location.replace(location.pathname)
}

// Another tab may have been told to remember another key: seen when this one is looked at again.
addEventListener("focus", () => current && differs())
document.addEventListener("visibilitychange", () => current && !document.hidden && differs())

function differs() {
  const other = remembered(current.data.name)
  const is = other !== "" && other !== current.data.key
  if (is) current.setTriggerValue("other", other)
  return is
}

// In a frame on another site's page only a cookie that is kept apart for that site is allowed.
function remember({ name, key }) {
  const secure = location.protocol === "https:" ? "; Secure" : ""
  for (const where of [`; SameSite=Lax${secure}`, "; SameSite=None; Secure; Partitioned"]) {
    try {
      document.cookie = `${name}=${key}; Path=/; Max-Age=${SECONDS}${where}`
    } catch {
      return false // a frame that may keep nothing at all
    }
    if (remembered(name) === key) return true
  }
  return false
}

function remembered(name) {
  let cookies = ""
  try {
    cookies = document.cookie
  } catch {}
  const own = cookies.split("; ").filter(cookie => cookie.startsWith(`${name}=`))
  const keys = own.map(cookie => cookie.slice(name.length + 1)).filter(key => KEY.test(key))
  return keys.at(-1) ?? ""
}

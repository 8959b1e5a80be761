// A number as the pages write it, with three digits: `−0.0123`, `1.23·10⁻⁷`.
function said(value) {
  if (value === null) return "not a number"
  const size = Math.abs(value)
  if (size === 0) return "0"
  if (size < 0.0001 || size >= 1000000) {
    const [mantissa, exponent] = value.toExponential(2).split("e")
    const raised = [...exponent.replace("+", "")].map(c => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)])
    return `${mantissa.replace("-", "\u2212")}·10${raised.join("")}`
  }
  const places = Math.max(0, 2 - Math.floor(Math.log10(size)))
  return String(Number(value.toFixed(places))).replace("-", "\u2212")
}

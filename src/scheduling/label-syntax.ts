const longestName = 63
const longestPrefix = 253
const name = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const prefix = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/

const isName = (text: string): boolean => text.length <= longestName && name.test(text)

const isPrefix = (text: string): boolean => text.length <= longestPrefix && prefix.test(text)

/** True for what apimachinery's content.IsLabelKey accepts: a name, or a DNS subdomain, a slash and a name. */
export const isLabelKey = (key: string): boolean => {
  const slash = key.indexOf('/')
  return slash < 0 ? isName(key) : isPrefix(key.slice(0, slash)) && isName(key.slice(slash + 1))
}

/** True for what apimachinery's content.IsLabelValue accepts: nothing, or a name. */
export const isLabelValue = (value: string): boolean => value === '' || isName(value)

// Reports are written on nodes, and their words reach terminals, logs and HTTP headers.

// Control characters, line and paragraph separators, and the marks that reorder or hide text.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu

/** The text on one line without control characters, ended by … when longer than `maxLength`. */
export const plainText = (text: string, maxLength = 120): string => {
  // Twice the length is enough to find maxLength printable characters in anything but an attempt to flood us.
  const line = text
    .slice(0, maxLength * 2)
    .toWellFormed()
    .replace(UNPRINTABLE, ' ')
    .trim()
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1).toWellFormed()}…`
}

/** An identity that a report or a Node may not tell, printable. */
export const toldText = (identity: string): string => (identity === '' ? '(not told)' : plainText(identity))

import { styleText } from 'node:util'
import type { Io, Output } from './io.ts'

/** Words in colour, or as they are where nobody would see it. */
export interface Palette {
  good(text: string): string
  bad(text: string): string
  caution(text: string): string
  strong(text: string): string
  faint(text: string): string
}

const plain = (text: string): string => text

const styled =
  (format: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    styleText(format, text, { validateStream: false })

const COLOURFUL: Palette = {
  good: styled('green'),
  bad: styled('red'),
  caution: styled('yellow'),
  strong: styled('bold'),
  faint: styled('dim'),
}

const PLAIN: Palette = { good: plain, bad: plain, caution: plain, strong: plain, faint: plain }

const isTerminal = (output: Output, env: Io['env']): boolean => output.isTTY === true && env.TERM !== 'dumb'

/** Colours on a terminal, or as the flag says; never where NO_COLOR is set (https://no-color.org). */
export const createPalette = (output: Output, env: Io['env'], flag: boolean | undefined): Palette =>
  (env.NO_COLOR ?? '') === '' && (flag ?? isTerminal(output, env)) ? COLOURFUL : PLAIN

/** A file of a tar archive; every one belongs to root and has no modification time, so that archives are the same on every machine. */
export interface TarFile {
  path: string
  mode: number
  bytes: Uint8Array
}

const BLOCK = 512

/** A ustar archive; paths longer than 100 bytes are refused. */
export function tar(files: readonly TarFile[]): Buffer {
  const parts = files.flatMap(file => [header(file), Buffer.from(file.bytes), padding(file.bytes.length)])
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

function header({ path, mode, bytes }: TarFile): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long a path for a ustar header`)
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`
  block.write(path, 0)
  block.write(octal(mode, 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(bytes.length, 12), 124)
  block.write(octal(0, 12), 136)
  block.write(' '.repeat(8), 148)
  block.write('0', 156)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function padding(length: number): Buffer {
  return Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK)
}

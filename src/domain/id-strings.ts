// IDs as strings that take little memory.

/** ID as a flat string, 40 bytes. The driver joins it from pieces, which V8 keeps as a tree of 250 bytes. */
export function toIdString ({ id }: { readonly id: Uint8Array }): string {
  return Buffer.from(id).toString('hex')
}

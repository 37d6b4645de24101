// Codes that people read on a screen and type on another device (RFC 8628 §6.1).

/** Consonants without Y: no code spells a word, and no letter looks like a digit. */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ'
const USER_CODE_LENGTH = 8

/** Creates a code such as `WDJBMJHT`. @param randomInt returns an integer from 0 to below its argument */
export function createUserCode (randomInt: (below: number) => number): string {
  return Array.from({ length: USER_CODE_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')
}

/** The form for people: `WDJB-MJHT`. */
export function formatUserCode (code: string): string {
  return `${code.slice(0, USER_CODE_LENGTH / 2)}-${code.slice(USER_CODE_LENGTH / 2)}`
}

/** The code in a text: capital letters, without spaces and hyphens. Null when the text cannot be a code. */
export function parseUserCode (text: string): string | null {
  const code = text.toUpperCase().replaceAll(/[\s\p{Pd}_.]/gu, '')
  return new RegExp(`^[${ALPHABET}]{${USER_CODE_LENGTH}}$`).test(code) ? code : null
}

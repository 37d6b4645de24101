// Which passwords are taken: any characters, long enough, not one that everybody tries first (NIST SP 800-63B-4 §3.1.1.2).
import { createRequire } from 'node:module'

const MAX_LENGTH = 128
const PRODUCT = 'normflix'
/** Configuration never asks for fewer, so that shorter entries of the lists need no memory. */
const SHORTEST = 8
/** A shorter part of an address says nothing about its owner. */
const SHORTEST_WORD = 4

const load = createRequire(import.meta.url)
let common: ReadonlySet<string> | null = null

/** 45,685 passwords and words. Measured: 46 ms and 5.5 MB, once, at the first password that is chosen. */
function commonPasswords (): ReadonlySet<string> {
  if (common !== null) return common
  const { dictionary } = load('@zxcvbn-ts/language-common') as typeof import('@zxcvbn-ts/language-common')
  const passwords = new Set<string>()
  for (const list of [dictionary['passwords-common'], load('popular-passwords') as string[]]) {
    for (const password of list) if (password.length >= SHORTEST) passwords.add(password)
  }
  common = passwords
  return passwords
}

export interface PasswordRejection {
  readonly code: 'password-too-short' | 'password-too-long' | 'password-common' | 'password-personal'
  /** Continues "The password …". */
  readonly message: string
}

export interface PasswordRules {
  /** Of the account that the password is for. */
  readonly email: string
  /** Code points; 8 or more. */
  readonly minLength: number
}

/** @returns why the password is refused, or null; lengths are code points after NFKC */
export function checkPassword (password: string, { email, minLength }: PasswordRules): PasswordRejection | null {
  const normal = password.normalize('NFKC')
  const { length } = [...normal]
  if (length < minLength) return { code: 'password-too-short', message: `needs at least ${minLength} characters` }
  if (length > MAX_LENGTH) return { code: 'password-too-long', message: `may have up to ${MAX_LENGTH} characters` }
  const folded = normal.toLowerCase()
  if (commonPasswords().has(folded) || new Set(folded).size < 3) {
    return { code: 'password-common', message: 'is among the first that anybody would try; choose another' }
  }
  if (isPersonal(folded, email.normalize('NFKC').toLowerCase())) {
    return { code: 'password-personal', message: 'is made of your address or of our name; choose another' }
  }
  return null
}

function isPersonal (password: string, email: string): boolean {
  const [name = '', domain = ''] = email.split('@')
  return [[PRODUCT], wordsOf(name), wordsOf(domain), [squash(email)]].some((words) => isMadeOf(squash(password), words))
}

/** Letters and digits alone: "anna-lovelace" is guessed as soon as "annalovelace". */
const squash = (text: string): string => text.replace(/[^\p{L}\p{M}\p{N}]/gu, '')

/** The longest first, so that taking one out does not break up another. */
function wordsOf (text: string): string[] {
  return [squash(text), ...text.split(/[^\p{L}\p{M}\p{N}]+/u)]
    .filter((word) => word.length >= SHORTEST_WORD)
    .sort((one, other) => other.length - one.length)
}

/** True when taking the words out leaves next to nothing, or a short number such as a year. */
function isMadeOf (password: string, words: readonly string[]): boolean {
  const rest = words.reduce((text, word) => text.replaceAll(word, ''), password)
  return rest !== password && /^(?:.{0,3}|\d{0,7})$/u.test(rest)
}

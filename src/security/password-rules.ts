// Which passwords are taken: any characters, long enough, not one that everybody tries first (NIST SP 800-63B-4 §3.1.1.2).
import { dictionary } from '@zxcvbn-ts/language-common'

const MAX_LENGTH = 128
const PRODUCT = 'normflix'

/** 49,000 common passwords; the set costs 5 MB and 35 ms once. */
const common = new Set<string>(dictionary['passwords-common'])

export interface PasswordRefusal {
  readonly code: 'password-too-short' | 'password-too-long' | 'password-common' | 'password-personal'
  readonly message: string
}

/** @returns why the password is refused, or null; lengths count code points */
export function refusePassword (password: string, { email, minLength }: { email: string, minLength: number }): PasswordRefusal | null {
  const normal = password.normalize('NFKC')
  const { length } = [...normal]
  if (length < minLength) return { code: 'password-too-short', message: `needs at least ${minLength} characters` }
  if (length > MAX_LENGTH) return { code: 'password-too-long', message: `may have up to ${MAX_LENGTH} characters` }
  const folded = normal.toLowerCase()
  if (common.has(folded) || new Set(folded).size < 3) return { code: 'password-common', message: 'is among the first that anybody would try; choose another' }
  if (isMadeOf(folded, [PRODUCT, email, ...email.split(/[@.]/)])) {
    return { code: 'password-personal', message: 'is made of your address or of our name; choose another' }
  }
  return null
}

/** True when taking a known word out leaves next to nothing. */
function isMadeOf (password: string, words: readonly string[]): boolean {
  return words.some((word) => word.length >= 4 && password.includes(word.toLowerCase()) && password.replaceAll(word.toLowerCase(), '').length < 4)
}

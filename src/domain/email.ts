// Email addresses: which ones are valid, and the form in which they are stored and compared.
import { domainToASCII } from 'node:url'

/** Limits of RFC 5321 §4.5.3.1 and its erratum 1690, bytes. */
const MAX_EMAIL_BYTES = 254
const MAX_LOCAL_PART_BYTES = 64
const MAX_LABEL_LENGTH = 63

/** Spaces and invisible characters that keyboards, contact lists and documents add around an email. */
const SURROUNDING = /^[\s\p{Default_Ignorable_Code_Point}\p{Cf}]+|[\s\p{Default_Ignorable_Code_Point}\p{Cf}]+$/gu
/** Dot-atom of RFC 5322, with letters and digits of every script (RFC 6531). Quoted local parts are not accepted. */
const LOCAL_PART = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u
/** ASCII characters that a domain cannot contain. `domainToASCII` would decode or convert some of them. */
const FORBIDDEN_IN_DOMAIN = /[^a-z0-9.\-\u0080-\u{10FFFF}]/u
const DOMAIN_LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/

/**
 * Converts an email to the form in which it is stored and compared: without surrounding spaces, NFKC, lower case, and
 * with an internationalised domain in ASCII (RFC 5891).
 * @returns null for a text that is not an email address
 */
export function parseEmail (text: string): string | null {
  const email = simplifyEmail(text)
  const at = email.lastIndexOf('@')
  const localPart = email.slice(0, at)
  if (at < 1 || !LOCAL_PART.test(localPart) || Buffer.byteLength(localPart) > MAX_LOCAL_PART_BYTES) return null
  const domain = toAsciiDomain(email.slice(at + 1))
  if (domain === null) return null
  const parsed = `${localPart}@${domain}`
  return Buffer.byteLength(parsed) > MAX_EMAIL_BYTES ? null : parsed
}

/** The stored form of an email; for another text, a form that compares regardless of case and surrounding spaces. */
export function normaliseEmail (text: string): string {
  return parseEmail(text) ?? simplifyEmail(text)
}

function simplifyEmail (text: string): string {
  return text.normalize('NFKC').replace(SURROUNDING, '').toLowerCase()
}

/** @returns null for a domain that no mail server can have: one label, an IP address, or labels against RFC 1035 */
function toAsciiDomain (domain: string): string | null {
  if (FORBIDDEN_IN_DOMAIN.test(domain)) return null
  const labels = domainToASCII(domain).split('.')
  const isValid = labels.length > 1 && !/^\d+$/.test(labels.at(-1) ?? '') &&
    labels.every((label) => label.length <= MAX_LABEL_LENGTH && DOMAIN_LABEL.test(label))
  return isValid ? labels.join('.') : null
}

// The emails of the service, each as text and as HTML with the same words. Values are escaped in HTML.
import type { EmailMessage } from './mailer.js'

interface Template {
  readonly subject: string
  readonly paragraphs: readonly string[]
  readonly button?: { readonly label: string, readonly url: string }
  readonly closing?: string
}

const IGNORE_REQUEST = 'If it was not you, you can ignore this email. Nothing changes unless the link is opened.'

export function verifyEmailMessage (to: string, url: string): EmailMessage {
  return compose(to, {
    subject: 'Confirm your email address for NormFlix',
    paragraphs: ['Welcome to NormFlix! Please confirm that this email address is yours.'],
    button: { label: 'Confirm email address', url },
    closing: 'The link works once, within 24 hours. If you did not sign up, you can ignore this email.',
  })
}

export function resetPasswordMessage (to: string, url: string): EmailMessage {
  return compose(to, {
    subject: 'Reset your NormFlix password',
    paragraphs: ['Someone, probably you, asked to reset the password of your NormFlix account.'],
    button: { label: 'Choose a new password', url },
    closing: `The link works once, within 30 minutes. ${IGNORE_REQUEST}`,
  })
}

export function changeEmailMessage (to: string, url: string): EmailMessage {
  return compose(to, {
    subject: 'Confirm your new email address for NormFlix',
    paragraphs: ['Someone, probably you, wants to use this email address for a NormFlix account.'],
    button: { label: 'Use this email address', url },
    closing: `The link works once, within 24 hours. ${IGNORE_REQUEST}`,
  })
}

export function emailChangedMessage (to: string, newEmail: string): EmailMessage {
  return compose(to, {
    subject: 'Your NormFlix email address was changed',
    paragraphs: [`Your account now uses ${newEmail} instead of this email address.`],
    closing: 'If it was not you, please contact us immediately.',
  })
}

export function passwordChangedMessage (to: string): EmailMessage {
  return compose(to, {
    subject: 'Your NormFlix password was changed',
    paragraphs: ['The password of your account has just been changed. Your other devices have been logged out.'],
    closing: 'If it was not you, please reset your password immediately. We will send the link to this email address.',
  })
}

export function accountClosedMessage (to: string, eraseAt: Date): EmailMessage {
  const date = eraseAt.toISOString().slice(0, 10)
  return compose(to, {
    subject: 'Your NormFlix account was closed',
    paragraphs: [`We will delete your account and all its data on ${date} (UTC). To keep it, log in before that date.`],
    closing: 'If it was not you, please log in and change your password.',
  })
}

export function accountReopenedMessage (to: string): EmailMessage {
  return compose(to, {
    subject: 'Your NormFlix account is open again',
    paragraphs: [
      'You have logged in, so your account will not be deleted. If you still want to delete it, close it again.',
    ],
    closing: 'If it was not you, please change your password immediately.',
  })
}

const BODY_STYLE = 'font-family:system-ui,sans-serif;color:#222;max-width:36em;margin:2em auto'
const BUTTON_STYLE = 'background:#b3261e;color:#fff;padding:12px 20px;border-radius:6px;text-decoration:none'
const URL_STYLE = 'color:#666;font-size:13px;word-break:break-all'

function compose (to: string, { subject, paragraphs, button, closing }: Template): EmailMessage {
  const closings = closing === undefined ? [] : [closing]
  const text = [...paragraphs, ...(button === undefined ? [] : [button.url]), ...closings, 'NormFlix']
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"></head>',
    `<body style="${BODY_STYLE}">`,
    ...paragraphs.map(toParagraph),
    ...(button === undefined ? [] : toButton(button)),
    ...closings.map(toParagraph),
    '<p>NormFlix</p></body></html>',
  ]
  return { to, subject, text: `${text.join('\n\n')}\n`, html: html.join('\n') }
}

function toParagraph (text: string): string {
  return `<p>${escapeHtml(text)}</p>`
}

/** The URL is repeated as text, for email clients that do not show links. */
function toButton ({ label, url }: NonNullable<Template['button']>): string[] {
  const href = escapeHtml(url)
  return [
    `<p><a href="${href}" style="${BUTTON_STYLE}">${escapeHtml(label)}</a></p>`,
    `<p style="${URL_STYLE}">${href}</p>`,
  ]
}

export function escapeHtml (text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

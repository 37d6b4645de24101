// The mails that the service writes, each as text and as HTML of the same words. Whatever comes from people is escaped.
import type { EmailMessage } from './mailer.js'

interface Letter {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** What the reader is to press. */
  readonly link?: { readonly label: string, readonly url: string }
  readonly closing?: string
}

const NOT_YOU = 'If it was not you, you need not do anything: nothing changes without this link.'

export function verifyEmailMail (to: string, url: string): EmailMessage {
  return compose(to, {
    subject: 'Confirm your address for NormFlix',
    paragraphs: ['Welcome to NormFlix. Please confirm that this address is yours.'],
    link: { label: 'Confirm the address', url },
    closing: 'The link works for 24 hours, once. If you did not sign up, you can ignore this mail.',
  })
}

export function resetPasswordMail (to: string, url: string): EmailMessage {
  return compose(to, {
    subject: 'Choose a new password for NormFlix',
    paragraphs: ['Somebody, most likely you, asked for a new password for the account of this address.'],
    link: { label: 'Choose a new password', url },
    closing: `The link works for 30 minutes, once. ${NOT_YOU}`,
  })
}

export function changeEmailMail (to: string, url: string): EmailMessage {
  return compose(to, {
    subject: 'Confirm your new address for NormFlix',
    paragraphs: ['Somebody, most likely you, wants to use this address for a NormFlix account.'],
    link: { label: 'Use this address', url },
    closing: `The link works for 24 hours, once. ${NOT_YOU}`,
  })
}

export function emailChangedMail (to: string, newEmail: string): EmailMessage {
  return compose(to, {
    subject: 'Your NormFlix address was changed',
    paragraphs: [`Your account uses ${newEmail} from now on, and no longer this address.`],
    closing: 'If it was not you, choose a new password at once and write to us.',
  })
}

export function passwordChangedMail (to: string): EmailMessage {
  return compose(to, {
    subject: 'Your NormFlix password was changed',
    paragraphs: ['The password of your account was changed just now. Other devices have been signed out.'],
    closing: 'If it was not you, ask for a new password at once: the link comes to this address.',
  })
}

export function accountClosedMail (to: string, eraseAt: Date): EmailMessage {
  return compose(to, {
    subject: 'Your NormFlix account was closed',
    paragraphs: [
      `Everything in your account will be erased on ${
        eraseAt.toISOString().slice(0, 10)
      } (UTC). Until then, signing in brings it back as it was.`,
    ],
    closing: 'If it was not you, sign in and choose a new password.',
  })
}

export function accountReopenedMail (to: string): EmailMessage {
  return compose(to, {
    subject: 'Your NormFlix account is open again',
    paragraphs: ['You signed in, so nothing will be erased. Close the account again if you did not want that.'],
    closing: 'If it was not you, choose a new password at once.',
  })
}

function compose (to: string, { subject, paragraphs, link, closing }: Letter): EmailMessage {
  const blocks = [
    ...paragraphs,
    ...(link === undefined ? [] : [link.url]),
    ...(closing === undefined ? [] : [closing]),
    'NormFlix',
  ]
  const button = link === undefined
    ? ''
    : `<p><a href="${
      escapeHtml(link.url)
    }" style="background:#b3261e;color:#fff;padding:12px 20px;border-radius:6px;text-decoration:none">${
      escapeHtml(link.label)
    }</a></p><p style="color:#666;font-size:13px;word-break:break-all">${escapeHtml(link.url)}</p>`
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body style="font-family:system-ui,sans-serif;color:#222;max-width:36em;margin:2em auto">',
    ...paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`),
    button,
    ...(closing === undefined ? [] : [`<p>${escapeHtml(closing)}</p>`]),
    '<p>NormFlix</p></body></html>',
  ].join('\n')
  return { to, subject, text: `${blocks.join('\n\n')}\n`, html }
}

export function escapeHtml (text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

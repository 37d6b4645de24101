// The mails that were not sent for want of a mail server, for whoever develops. Never there in production.
import type { FastifyPluginAsync } from 'fastify'
import type { Mailer } from '../src/mail/mailer.js'
import { escapeHtml } from '../src/mail/templates.js'

export interface DeveloperMailsRouteOptions {
  readonly mailer: Mailer
}

const developerMails: FastifyPluginAsync<DeveloperMailsRouteOptions> = async (app, { mailer }) => {
  app.get('/dev/mails', { config: { access: 'public' }, schema: { hide: true } as never }, async (_request, reply) => {
    const mails = mailer.listRecent().map(({ to, subject, text, at }) =>
      `<article><h2>${escapeHtml(subject)}</h2><p>to ${escapeHtml(to)}, ${at.toISOString()}</p><pre>${
        linked(text)
      }</pre></article>`
    )
    return await reply.type('text/html; charset=utf-8').send(
      `<!doctype html><html lang="en"><title>Mails</title><h1>Mails that were not sent</h1>${
        mails.join('') || '<p>None yet.</p>'
      }</html>`,
    )
  })
}

function linked (text: string): string {
  return escapeHtml(text).replace(/https?:[^\s]+/g, (url) => `<a href="${url}">${url}</a>`)
}

export default developerMails

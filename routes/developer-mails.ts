// Shows the emails that were not sent because no mail server is configured. Not registered in production.
import type { FastifyPluginAsync } from 'fastify'
import type { Mailer } from '../src/mail/mailer.js'
import { escapeHtml } from '../src/mail/templates.js'

export interface DeveloperMailsRouteOptions {
  readonly mailer: Mailer
}

const developerMails: FastifyPluginAsync<DeveloperMailsRouteOptions> = async (app, { mailer }) => {
  app.get('/dev/mails', { config: { access: 'public' }, schema: { hide: true } as never }, async (_request, reply) => {
    const emails = mailer.listRecent().map(({ to, subject, text, at }) => {
      const heading = `<h2>${escapeHtml(subject)}</h2><p>to ${escapeHtml(to)}, ${at.toISOString()}</p>`
      return `<article>${heading}<pre>${linkUrls(text)}</pre></article>`
    })
    const list = emails.length === 0 ? '<p>No emails yet.</p>' : emails.join('')
    const page = `<!doctype html><html lang="en"><title>Emails</title><h1>Emails that were not sent</h1>${list}</html>`
    return await reply.type('text/html; charset=utf-8').send(page)
  })
}

function linkUrls (text: string): string {
  return escapeHtml(text).replace(/https?:[^\s]+/g, (url) => `<a href="${url}">${url}</a>`)
}

export default developerMails

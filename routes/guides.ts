// The guides and concepts of the documentation as pages. The build writes them to dist/web/guides.
import type { FastifyPluginAsync } from 'fastify'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { notFound } from '../src/errors.js'
import { sendHtmlPage } from '../src/http/html-page.js'

const GUIDES_DIR = fileURLToPath(new URL('../web/guides/', import.meta.url))
const PAGE_NAME = /^[a-z]+(?:-[a-z]+)*$/
/** The file of /guides itself. */
const START = 'index'

/** The pages have no scripts. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const guides: FastifyPluginAsync = async (app) => {
  const config = { access: 'public' } as const
  const pageOf = (name: string) => ({
    file: path.join(GUIDES_DIR, `${name}.html`),
    policy: CONTENT_SECURITY_POLICY,
    subject: 'guide',
  })

  app.get('/guides', { config }, async (request, reply) => await sendHtmlPage(request, reply, pageOf(START)))
  app.get('/guides/', { config }, async (_request, reply) => await reply.redirect('/guides', 302))
  app.get<{ Params: { page: string } }>('/guides/:page', { config }, async (request, reply) => {
    const { page } = request.params
    if (!PAGE_NAME.test(page) || page === START) throw notFound('guide')
    return await sendHtmlPage(request, reply, pageOf(page))
  })
}

export default guides

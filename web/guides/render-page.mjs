// Renders a page of the documentation: Markdown to HTML without scripts and inline styles.
import GithubSlugger from 'github-slugger'
import { Marked } from 'marked'
import path from 'node:path'

const escapeHtml = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Plain text of the tokens of a heading. */
const plainText = (tokens) => tokens.map((one) => one.tokens === undefined ? one.text : plainText(one.tokens)).join('')

/**
 * @param markdown text of the page
 * @param file path of the page within docs
 * @param urls URLs of all pages by their path within docs
 * @returns `{ title, summary, html, headings }`; a heading has `id` and `text`
 */
export function renderPage (markdown, file, urls) {
  const slugger = new GithubSlugger()
  const headings = []
  let title = ''
  let summary = ''

  /** URL of a link; null for a file that the service does not show. */
  function urlOf (href) {
    if (/^[a-z]+:/.test(href) || href.startsWith('#') || href.startsWith('/')) return href
    const [target = '', anchor] = href.split('#')
    const url = urls.get(path.posix.join(path.posix.dirname(file), target))
    if (url === undefined) return null
    return anchor === undefined ? url : `${url}#${anchor}`
  }

  const marked = new Marked({
    renderer: {
      heading ({ tokens, depth }) {
        const text = plainText(tokens)
        const id = slugger.slug(text)
        const content = this.parser.parseInline(tokens)
        if (depth === 1) {
          title = text
          return `<h1 id="${id}">${content}</h1>\n`
        }
        headings.push({ id, text, depth })
        return `<h${depth} id="${id}"><a class="anchor" href="#${id}">${content}</a></h${depth}>\n`
      },
      link ({ href, tokens }) {
        const content = this.parser.parseInline(tokens)
        const url = urlOf(href)
        return url === null ? content : `<a href="${escapeHtml(url)}">${content}</a>`
      },
      // Keyboards scroll what has the focus.
      code ({ text, lang = '' }) {
        const label = lang === '' ? 'Code' : `Code: ${lang}`
        const code = escapeHtml(text)
        return `<pre tabindex="0" role="group" aria-label="${escapeHtml(label)}"><code>${code}</code></pre>\n`
      },
      table (token) {
        const row = (cells, tag) =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`
        const head = `<thead>${row(token.header, 'th')}</thead>`
        const body = `<tbody>${token.rows.map((cells) => row(cells, 'td')).join('')}</tbody>`
        return `<div class="table" tabindex="0" role="group" aria-label="Table"><table>${head}${body}</table></div>\n`
      },
      html: ({ text }) => escapeHtml(text),
      paragraph ({ tokens }) {
        summary ||= plainText(tokens).replaceAll('\n', ' ')
        return `<p>${this.parser.parseInline(tokens)}</p>\n`
      },
    },
  })
  const html = marked.parse(markdown)
  return { title, summary, html, headings }
}

export { escapeHtml }

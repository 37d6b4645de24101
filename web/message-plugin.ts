// Compiles the messages of the apps at build time: their parser, a tenth of the first load, stays out of the apps.
import compile from 'icu-minify/compile'
import type { Plugin } from 'vite'

type Messages = { readonly [key: string]: string | Messages }
type Compiled = { readonly [key: string]: ReturnType<typeof compile> | Compiled }

const MESSAGE_FILE = /\/messages\/[a-z]{2}\/\w+\.json$/

/** @throws SyntaxError if a message is not valid ICU MessageFormat */
export function compileMessages (messages: Messages): Compiled {
  return Object.fromEntries(
    Object.entries(messages).map(([key, message]) => [
      key,
      typeof message === 'string' ? compile(message) : compileMessages(message),
    ]),
  )
}

export function compileMessageFiles (): Plugin {
  return {
    name: 'normflix:messages',
    // Before Vite turns JSON into a module.
    enforce: 'pre',
    config: () => ({
      resolve: { alias: { 'use-intl/format-message': 'use-intl/format-message/format-only' } },
    }),
    transform: (code, id) =>
      MESSAGE_FILE.test(id) ? { code: JSON.stringify(compileMessages(JSON.parse(code) as Messages)), map: null } : null,
  }
}

// What both apps share at their root: the language, the cache of responses, and messages.
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import { StrictMode, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { IntlProvider, type AbstractIntlMessages } from 'use-intl'
import '@fontsource-variable/outfit'
import './design/base.css'
import './design/components.css'
import { Messages } from './design/toasts.js'
import { applyLocale, detectLocale, type Locale } from './i18n/locale.js'

type MessageLoaders = Readonly<Record<Locale, () => Promise<{ default: AbstractIntlMessages }>>>

/** Renders an app in the language of the user. */
export async function renderApp (
  loaders: MessageLoaders,
  queryClient: QueryClient,
  app: ReactNode,
): Promise<void> {
  const locale = detectLocale()
  applyLocale(locale)
  const { default: messages } = await loaders[locale]()
  createRoot(document.getElementById('app') ?? document.body).render(
    <StrictMode>
      <IntlProvider locale={locale} messages={messages} timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}>
        <QueryClientProvider client={queryClient}>
          {app}
          <Messages />
        </QueryClientProvider>
      </IntlProvider>
    </StrictMode>,
  )
}

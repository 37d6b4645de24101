// What both apps share at their root: the language, the cache of responses, and messages.
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import { StrictMode, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { IntlProvider } from 'use-intl'
import '@fontsource-variable/outfit'
import './design/base.css'
import './design/components.css'
import { Messages } from './design/toasts.js'
import { applyLocale, detectLocale, type Locale } from './i18n/locale.js'
import { addMessages, useLoadedMessages, type MessageModule } from './i18n/message-store.js'
import { loadErrorMessages } from './messages/error-messages.js'
import { reloadAfterNewBuild } from './new-build.js'

type MessageLoaders = Readonly<Record<Locale, () => Promise<MessageModule>>>

/** Renders an app in the language of the user. */
export async function renderApp (
  loaders: MessageLoaders,
  queryClient: QueryClient,
  app: ReactNode,
): Promise<void> {
  reloadAfterNewBuild()
  const locale = detectLocale()
  applyLocale(locale)
  addMessages((await loaders[locale]()).default)
  createRoot(document.getElementById('app') ?? document.body).render(
    <StrictMode>
      <Language locale={locale}>
        <QueryClientProvider client={queryClient}>
          {app}
          <Messages />
        </QueryClientProvider>
      </Language>
    </StrictMode>,
  )
  // Without them, the texts of the API show.
  await loadErrorMessages().catch(() => undefined)
}

function Language ({ locale, children }: { readonly locale: Locale, readonly children: ReactNode }): ReactNode {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  return <IntlProvider locale={locale} messages={useLoadedMessages()} timeZone={timeZone}>{children}</IntlProvider>
}

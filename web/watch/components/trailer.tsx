// The trailer of a title: a dialog that plays it, or a link to another host.
import { Clapperboard } from 'lucide-react'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { TrailerLink } from './trailer-link.js'

const TrailerDialog = lazy(async () => ({ default: (await import('./trailer-dialog.js')).TrailerDialog }))

interface TrailerProps {
  readonly url: string
  readonly title: string
}

/** The policy of the app plays files of its own host only, and no pages of others in frames. */
function findForeignHost (url: string): string | null {
  if (!URL.canParse(url, location.href)) return url
  const { host } = new URL(url, location.href)
  return host === location.host ? null : host.replace(/^www\./, '')
}

export function Trailer ({ url, title }: TrailerProps): ReactNode {
  const t = useTranslations('title')
  const [isOpen, setOpen] = useState(false)
  const foreignHost = findForeignHost(url)
  if (foreignHost !== null) return <TrailerLink url={url} label={t('trailerOn', { host: foreignHost })} />
  return (
    <>
      <Button
        icon={Clapperboard}
        onClick={() => {
          setOpen(true)
        }}
      >
        {t('trailer')}
      </Button>
      {isOpen
        ? (
          <Suspense fallback={null}>
            <TrailerDialog
              url={url}
              title={title}
              close={() => {
                setOpen(false)
              }}
            />
          </Suspense>
        )
        : null}
    </>
  )
}

// Loads the next page of a list when its end becomes visible, or by a button.
import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'

interface PagedList {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly isFetchNextPageError: boolean
  readonly fetchNextPage: () => Promise<unknown>
}

/** Loads before the end is visible. */
const ROOT_MARGIN = '600px'

export function ShowMore ({ list }: { readonly list: PagedList }): ReactNode {
  const t = useTranslations('common')
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list
  const end = useRef<HTMLDivElement>(null)
  // After an error only the button tries again.
  const canLoad = hasNextPage && !isFetchingNextPage && !isFetchNextPageError
  useEffect(() => {
    const node = end.current
    if (node === null || !canLoad) return undefined
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting === true) void fetchNextPage()
    }, { rootMargin: ROOT_MARGIN })
    observer.observe(node)
    return () => {
      observer.disconnect()
    }
  }, [canLoad, fetchNextPage])
  if (!hasNextPage) return null
  return (
    <div className="show-more" ref={end}>
      <Button look="quiet" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('showMore')}</Button>
    </div>
  )
}

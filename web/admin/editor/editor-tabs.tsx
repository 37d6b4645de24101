// The tabs of an editor. The selected one is in the URL.
import { Tabs } from '@base-ui/react/tabs'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useCanEdit } from '../access.js'

interface EditorTab {
  readonly id: string
  readonly label: string
  readonly content: ReactNode
}

export function EditorTabs ({ tabs }: { readonly tabs: readonly EditorTab[] }): ReactNode {
  const t = useTranslations('editor')
  const canEdit = useCanEdit()
  const navigate = useNavigate()
  const { tab: selected } = useSearch({ strict: false })
  const value = tabs.find(({ id }) => id === selected)?.id ?? tabs[0]?.id
  return (
    <Tabs.Root
      value={value}
      onValueChange={(id: string) => {
        void navigate({ to: '.', search: { tab: id }, replace: true })
      }}
    >
      <Tabs.List className="editor-tabs" aria-label={t('sections')}>
        {tabs.map(({ id, label }) => <Tabs.Tab key={id} value={id} className="editor-tab">{label}</Tabs.Tab>)}
      </Tabs.List>
      {tabs.map(({ id, content }) => (
        <Tabs.Panel key={id} value={id} className="editor-panel">
          <fieldset className="editor" disabled={!canEdit}>{id === value ? content : null}</fieldset>
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  )
}

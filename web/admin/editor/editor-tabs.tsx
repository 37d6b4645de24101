// The tabs of an editor. The selected one is in the URL.
import { Tabs } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useCanEdit } from '../access.js'

export interface EditorTab {
  readonly id: string
  readonly label: string
  readonly content: ReactNode
}

interface EditorTabsProps {
  readonly tabs: readonly EditorTab[]
  readonly selected: string | undefined
  readonly onSelect: (id: string) => void
}

export function EditorTabs ({ tabs, selected, onSelect }: EditorTabsProps): ReactNode {
  const t = useTranslations('editor')
  const canEdit = useCanEdit()
  const value = tabs.find(({ id }) => id === selected)?.id ?? tabs[0]?.id
  return (
    <Tabs.Root
      value={value}
      onValueChange={(id: string) => {
        onSelect(id)
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

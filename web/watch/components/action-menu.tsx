// A button that opens a menu of actions.
import { Menu } from '@base-ui/react/menu'
import { EllipsisVertical } from 'lucide-react'
import type { ReactNode } from 'react'

interface MenuAction {
  readonly label: string
  readonly run: () => void
}

interface ActionMenuProps {
  readonly label: string
  readonly actions: readonly MenuAction[]
  readonly isDisabled?: boolean
}

export function ActionMenu ({ label, actions, isDisabled = false }: ActionMenuProps): ReactNode {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="icon-button action-menu" aria-label={label} title={label} disabled={isDisabled}>
        <EllipsisVertical className="icon" aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="menu-positioner" sideOffset={6} align="end">
          <Menu.Popup className="menu">
            {actions.map(({ label: text, run }) => (
              <Menu.Item key={text} className="menu-item" onClick={run}>{text}</Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

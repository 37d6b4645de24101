// A menu of the player with groups of choices. After a choice with the pointer, the keyboard controls the player again.
import { Menu } from '@base-ui/react/menu'
import { clsx } from 'clsx'
import { useMediaPlayer } from '@vidstack/react'
import type { LucideIcon } from 'lucide-react'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { useStage } from './stage.js'

export interface Choice {
  readonly id: string
  readonly label: string
}
export interface ChoiceGroup {
  readonly label: string
  readonly choices: readonly Choice[]
  readonly selectedId: string
  readonly choose: (id: string) => void
}

interface PlayerMenuProps {
  readonly label: string
  readonly icon: LucideIcon
  readonly className?: string
  /** Groups with one choice are not shown; a menu without groups neither. */
  readonly groups: readonly ChoiceGroup[]
  /** Another item at the end, such as one that opens a dialog. */
  readonly extra?: { readonly label: string, readonly run: () => void } | null
}

export function PlayerMenu (
  { label, icon: Icon, className, groups, extra = null }: PlayerMenuProps,
): ReactNode {
  const player = useMediaPlayer()
  const stage = useStage()
  const shown = groups.filter(({ choices }) => choices.length > 1)
  if (shown.length === 0) return null
  return (
    <Menu.Root
      modal={false}
      onOpenChange={(isOpen) => {
        if (isOpen) player?.controls.pause()
        else player?.controls.resume()
      }}
    >
      <Menu.Trigger className={clsx('player-button', className)} aria-label={label} title={label}>
        <Icon className="icon" aria-hidden />
      </Menu.Trigger>
      <Menu.Portal container={stage.node}>
        <Menu.Positioner
          className="player-menu-positioner"
          side="top"
          align="end"
          sideOffset={12}
          collisionPadding={12}
        >
          <Menu.Popup
            className="player-menu"
            aria-label={label}
            finalFocus={(closeType) => closeType === 'keyboard' ? true : stage.focusTarget()}
          >
            <div className="player-menu-groups">
              {shown.map((group) => <MenuGroup key={group.label} group={group} />)}
            </div>
            {extra === null
              ? null
              : <Menu.Item className="player-menu-item is-extra" onClick={extra.run}>{extra.label}</Menu.Item>}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

function MenuGroup ({ group: { label, choices, selectedId, choose } }: { readonly group: ChoiceGroup }): ReactNode {
  return (
    <Menu.Group className="player-menu-group">
      <Menu.GroupLabel className="player-menu-heading">{label}</Menu.GroupLabel>
      <Menu.RadioGroup
        value={selectedId}
        onValueChange={(id: string) => {
          if (id !== selectedId) choose(id)
        }}
      >
        {choices.map(({ id, label: text }) => (
          <Menu.RadioItem key={id} value={id} className="player-menu-item" closeOnClick>
            <span className="player-menu-check">
              <Menu.RadioItemIndicator>
                <Check className="icon" aria-hidden />
              </Menu.RadioItemIndicator>
            </span>
            {text}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </Menu.Group>
  )
}

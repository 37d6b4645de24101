// A menu of the player: groups of which one is chosen, worked by pointer or by arrow keys.
import type { IconNode } from 'lucide'
import { element, icon } from '../dom.js'

export interface Choice {
  readonly id: string
  readonly label: string
  readonly isChosen: boolean
}
export interface Group {
  readonly label: string
  readonly choices: readonly Choice[]
  readonly choose: (id: string) => void
}

export interface Menu {
  readonly node: HTMLElement
  /** With less than two choices there is nothing to choose, and the menu is not shown. */
  readonly show: (groups: readonly Group[]) => void
}

let menus = 0

export function createMenu (label: string, picture: IconNode, signal: AbortSignal): Menu {
  const id = `player-menu-${++menus}`
  const opener = element('button', {
    class: 'plyr__control menu-opener',
    attributes: {
      type: 'button',
      'aria-label': label,
      title: label,
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-controls': id,
    },
    click: () => {
      toggle(panel.hidden)
    },
  }, icon(picture))
  const panel = element('div', {
    class: 'menu-panel',
    attributes: { id, role: 'menu', 'aria-label': label, hidden: true },
  })
  const node = element('div', { class: 'plyr__controls__item menu', attributes: { hidden: true } }, opener, panel)

  const items = (): HTMLElement[] => [...panel.querySelectorAll<HTMLElement>('[role=menuitemradio]')]

  function toggle (isOpen: boolean): void {
    panel.hidden = !isOpen
    opener.setAttribute('aria-expanded', String(isOpen))
    if (isOpen) (panel.querySelector<HTMLElement>('[aria-checked=true]') ?? items()[0])?.focus()
    else if (node.contains(document.activeElement)) opener.focus()
  }

  node.addEventListener('keydown', (event) => {
    // The player's own keys (space, arrows) are the menu's while it is open.
    if (panel.hidden) return
    event.stopPropagation()
    const all = items()
    const at = all.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key]
    if (to !== undefined) all[to % all.length]?.focus()
    else if (event.key === 'Escape' || event.key === 'Tab') toggle(false)
    else return
    if (event.key !== 'Tab') event.preventDefault()
  })
  document.addEventListener('pointerdown', ({ target }) => {
    if (!panel.hidden && !node.contains(target as Node)) toggle(false)
  }, { signal })

  function toItem ({ id: choice, label: text, isChosen }: Choice, choose: Group['choose']): HTMLElement {
    return element('button', {
      class: 'menu-item',
      text,
      attributes: { type: 'button', role: 'menuitemradio', 'aria-checked': String(isChosen), 'data-choice': choice },
      click: () => {
        toggle(false)
        if (!isChosen) choose(choice)
      },
    })
  }

  return {
    node,
    show: (groups) => {
      const worthwhile = groups.filter(({ choices }) => choices.length > 1)
      node.hidden = worthwhile.length === 0
      panel.replaceChildren(
        ...worthwhile.map(({ label: heading, choices, choose }) =>
          element(
            'div',
            { class: 'menu-group', attributes: { role: 'group', 'aria-label': heading } },
            element('div', { class: 'menu-heading', text: heading, attributes: { 'aria-hidden': 'true' } }),
            ...choices.map((choice) => toItem(choice, choose)),
          )
        ),
      )
    },
  }
}

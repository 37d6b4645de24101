// A menu of the player with groups of radio items. Supports the pointer and the arrow keys.
import type { IconNode } from 'lucide'
import { createElement, createIcon } from '../dom.js'

export interface Choice {
  readonly id: string
  readonly label: string
  readonly isSelected: boolean
}
export interface ChoiceGroup {
  readonly label: string
  readonly choices: readonly Choice[]
  readonly choose: (id: string) => void
}

export interface Menu {
  readonly node: HTMLElement
  /** Shows the groups that have at least two choices, and hides an empty menu. */
  readonly show: (groups: readonly ChoiceGroup[]) => void
}

let menuCount = 0

export function createMenu (label: string, iconNode: IconNode, signal: AbortSignal): Menu {
  const id = `player-menu-${++menuCount}`
  const opener = createElement('button', {
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
  }, createIcon(iconNode))
  const panel = createElement('div', {
    class: 'menu-panel',
    attributes: { id, role: 'menu', 'aria-label': label, hidden: true },
  })
  const node = createElement('div', { class: 'plyr__controls__item menu', attributes: { hidden: true } }, opener, panel)

  const items = (): HTMLElement[] => [...panel.querySelectorAll<HTMLElement>('[role=menuitemradio]')]

  function toggle (isOpen: boolean): void {
    panel.hidden = !isOpen
    opener.setAttribute('aria-expanded', String(isOpen))
    if (isOpen) (panel.querySelector<HTMLElement>('[aria-checked=true]') ?? items()[0])?.focus()
    else if (node.contains(document.activeElement)) opener.focus()
  }

  node.addEventListener('keydown', (event) => {
    // While the menu is open, it handles the keys of the player (space, arrows).
    if (panel.hidden) return
    event.stopPropagation()
    const all = items()
    const index = all.indexOf(document.activeElement as HTMLElement)
    const target = { ArrowDown: index + 1, ArrowUp: index - 1 + all.length, Home: 0, End: all.length - 1 }[event.key]
    if (target !== undefined) all[target % all.length]?.focus()
    else if (event.key === 'Escape' || event.key === 'Tab') toggle(false)
    else return
    if (event.key !== 'Tab') event.preventDefault()
  })
  document.addEventListener('pointerdown', ({ target }) => {
    if (!panel.hidden && !node.contains(target as Node)) toggle(false)
  }, { signal })

  function toItem (
    { id: choice, label: text, isSelected }: Choice,
    choose: ChoiceGroup['choose'],
  ): HTMLElement {
    return createElement('button', {
      class: 'menu-item',
      text,
      attributes: { type: 'button', role: 'menuitemradio', 'aria-checked': String(isSelected), 'data-choice': choice },
      click: () => {
        toggle(false)
        if (!isSelected) choose(choice)
      },
    })
  }

  return {
    node,
    show: (groups) => {
      const visibleGroups = groups.filter(({ choices }) => choices.length > 1)
      node.hidden = visibleGroups.length === 0
      panel.replaceChildren(
        ...visibleGroups.map(({ label: heading, choices, choose }) =>
          createElement(
            'div',
            { class: 'menu-group', attributes: { role: 'group', 'aria-label': heading } },
            createElement('div', { class: 'menu-heading', text: heading, attributes: { 'aria-hidden': 'true' } }),
            ...choices.map((choice) => toItem(choice, choose)),
          )
        ),
      )
    },
  }
}

// An index of the credited people of all titles. People have no documents: their IDs derive from their names, or from
// their IMDb IDs.
import { hash } from 'node:crypto'
import type { Person, StoredTitle } from '../../../models/title.js'
import { foldText, nameKey } from '../../domain/text.js'
import type { CataloguePerson } from './catalogue.js'
import type { TitleFields } from './compact-title.js'

export type IndexedPerson = Omit<CataloguePerson, 'titleIds'> & { titleIds: string[] }

export interface PeopleIndex {
  readonly byId: Map<string, IndexedPerson>
  /** While all titles are loaded: IDs by what they derive from, so that each is hashed once. */
  derivedIds: Map<string, string> | null
}

/** The people of a title who have a page: the leading ones first, the rest in no particular order. */
export type TitleCredits = Pick<TitleFields, 'credits' | 'leadingCount'>

type Credits = Pick<StoredTitle, 'cast' | 'crew'>

/** Only the first people of a cast, and of a crew, get a page. The details of a title list everyone. */
const MAX_INDEXED_PEOPLE = 100
const PERSON_ID_BYTES = 12
/** Later credits say little about how similar two titles are. */
const [LEADING_CAST, LEADING_CREW] = [6, 3]

export function createPeopleIndex (): PeopleIndex {
  return { byId: new Map(), derivedIds: new Map() }
}

/** ID of a person, 24 hex digits: depends on the IMDb ID, else on the name without regard to case. */
export function derivePersonId ({ name, imdb }: Pick<Person, 'name' | 'imdb'>): string {
  const text = imdb === undefined ? `name ${nameKey(name)}` : `imdb ${imdb}`
  // A slice of a string would keep the whole string in memory.
  return hash('sha256', text, 'buffer').toString('hex', 0, PERSON_ID_BYTES)
}

function cachedPersonId ({ derivedIds }: PeopleIndex, person: Person): string {
  if (derivedIds === null) return derivePersonId(person)
  const key = person.imdb ?? `\n${person.name}`
  const cached = derivedIds.get(key)
  if (cached !== undefined) return cached
  const id = derivePersonId(person)
  derivedIds.set(key, id)
  return id
}

/** Adds a title to its people. */
export function addTitleToPeople (
  index: PeopleIndex,
  titleId: string,
  { cast = [], crew = [] }: Credits,
): TitleCredits {
  const leading = [...crew.slice(0, LEADING_CREW), ...cast.slice(0, LEADING_CAST)]
  const others = [...cast.slice(LEADING_CAST, MAX_INDEXED_PEOPLE), ...crew.slice(LEADING_CREW, MAX_INDEXED_PEOPLE)]
  const credits = new Set(leading.map((person) => findOrAddPerson(index, person)))
  const leadingCount = credits.size
  for (const person of others) credits.add(findOrAddPerson(index, person))
  for (const person of credits) person.titleIds.push(titleId)
  // The copy reserves no memory for more people.
  return { credits: [...credits].slice(), leadingCount }
}

function findOrAddPerson (index: PeopleIndex, person: Person): IndexedPerson {
  const id = cachedPersonId(index, person)
  const existing = index.byId.get(id)
  if (existing !== undefined) return existing
  const added = { id, name: person.name, sortName: foldText(person.name), titleIds: [] }
  index.byId.set(id, added)
  return added
}

/** Adds a person of a snapshot, without titles. */
export function restorePerson (index: PeopleIndex, id: string, name: string): IndexedPerson {
  const person = { id, name, sortName: foldText(name), titleIds: [] }
  index.byId.set(id, person)
  return person
}

/** Gives back the memory that only a load of all titles needs. */
export function compactPeople (index: PeopleIndex): void {
  index.derivedIds = null
  for (const person of index.byId.values()) if (person.titleIds.length > 1) person.titleIds = person.titleIds.slice()
}

/** Removes a title from its people, and people without titles from the index. */
export function removeTitleFromPeople (index: PeopleIndex, titleId: string, personIds: readonly string[]): void {
  for (const id of personIds) {
    const person = index.byId.get(id)
    if (person === undefined) continue
    person.titleIds = person.titleIds.filter((one) => one !== titleId)
    if (person.titleIds.length === 0) index.byId.delete(id)
  }
}

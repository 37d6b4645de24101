// An index of the credited people of all titles. People have no documents: their IDs derive from their names, or from
// their IMDb IDs.
import { hash } from 'node:crypto'
import type { Person, StoredTitle } from '../../../models/title.js'
import { foldText, nameKey } from '../../domain/text.js'
import type { CataloguePerson } from './catalogue.js'

type IndexedPerson = Omit<CataloguePerson, 'titleIds'> & { titleIds: string[] }

export interface PeopleIndex {
  readonly byId: Map<string, IndexedPerson>
  /** IDs by IMDb ID, and of people without one by name: each is hashed once. */
  readonly idsByImdb: Map<string, string>
  readonly idsByName: Map<string, string>
}

type Credits = Pick<StoredTitle, 'cast' | 'crew'>

/** Only the first people of a cast, and of a crew, get a page. The details of a title list everyone. */
const MAX_INDEXED_PEOPLE = 100
const PERSON_ID_BYTES = 12

export function createPeopleIndex (): PeopleIndex {
  return { byId: new Map(), idsByImdb: new Map(), idsByName: new Map() }
}

/** ID of a person, 24 hex digits: depends on the IMDb ID, else on the name without regard to case. */
export function derivePersonId ({ name, imdb }: Pick<Person, 'name' | 'imdb'>): string {
  const text = imdb === undefined ? `name ${nameKey(name)}` : `imdb ${imdb}`
  // A slice of a string would keep the whole string in memory.
  return hash('sha256', text, 'buffer').toString('hex', 0, PERSON_ID_BYTES)
}

function cachedPersonId (index: PeopleIndex, person: Person): string {
  const [ids, key] = person.imdb === undefined
    ? [index.idsByName, person.name]
    : [index.idsByImdb, person.imdb]
  const cached = ids.get(key)
  if (cached !== undefined) return cached
  const id = derivePersonId(person)
  ids.set(key, id)
  return id
}

/** The people of a title that get a page, by ID. */
export function listIndexedPeople (index: PeopleIndex, { cast = [], crew = [] }: Credits): Map<string, Person> {
  const people = [...cast.slice(0, MAX_INDEXED_PEOPLE), ...crew.slice(0, MAX_INDEXED_PEOPLE)]
  return new Map(people.map((person) => [cachedPersonId(index, person), person]))
}

/** Adds a title to its people. */
export function addTitleToPeople (index: PeopleIndex, titleId: string, people: ReadonlyMap<string, Person>): void {
  for (const [id, { name }] of people) {
    const person = index.byId.get(id)
    if (person === undefined) index.byId.set(id, { id, name, sortName: foldText(name), titleIds: [titleId] })
    else person.titleIds.push(titleId)
  }
}

/** Gives back the memory that lists reserve while they grow. */
export function compactPeople (index: PeopleIndex): void {
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

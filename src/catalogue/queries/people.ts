// Who took part in what: people have no documents of their own, but an id that follows from what is known of them.
import { createHash } from 'node:crypto'
import type { Person, StoredTitle } from '../../../models/title.js'
import { foldText } from '../../domain/fold-text.js'

export interface CataloguePerson {
  readonly id: string
  readonly name: string
  /** The name as it is sorted and compared: case and accents folded. */
  readonly sortName: string
  readonly titleIds: readonly string[]
}

type Listed = Omit<CataloguePerson, 'titleIds'> & { titleIds: string[] }

export interface People {
  readonly byId: Map<string, Listed>
  /** Each name is hashed once, however many titles it is in. */
  readonly ids: Map<string, string>
}

type Credits = Pick<StoredTitle, 'cast' | 'crew'>

/** So many of a cast, and of a crew, have a page because of a title; details name all of them. */
const PEOPLE_OF_TITLE = 100
const ID_LENGTH = 24

export function emptyPeople (): People {
  return { byId: new Map(), ids: new Map() }
}

/** The same for the same name, whatever its case and accents, or the same id in another catalogue. */
export function personIdOf ({ name, imdb }: Pick<Person, 'name' | 'imdb'>): string {
  return createHash('sha256').update(imdb === undefined ? `name ${foldText(name)}` : `imdb ${imdb}`).digest('hex')
    .slice(0, ID_LENGTH)
}

function idOf (people: People, person: Person): string {
  const key = `${person.imdb ?? ''} ${person.name}`
  const known = people.ids.get(key)
  if (known !== undefined) return known
  const id = personIdOf(person)
  people.ids.set(key, id)
  return id
}

function leading ({ cast = [], crew = [] }: Credits): Person[] {
  return [...cast.slice(0, PEOPLE_OF_TITLE), ...crew.slice(0, PEOPLE_OF_TITLE)]
}

/** Who has a page because of a title, by id. */
export function creditedOf (people: People, credits: Credits): Map<string, Person> {
  return new Map(leading(credits).map((person) => [idOf(people, person), person]))
}

export function addCredits (people: People, titleId: string, credited: ReadonlyMap<string, Person>): void {
  for (const [id, { name }] of credited) {
    const known = people.byId.get(id)
    if (known === undefined) people.byId.set(id, { id, name, sortName: foldText(name), titleIds: [titleId] })
    else known.titleIds.push(titleId)
  }
}

export function dropCredits (people: People, titleId: string, credited: readonly string[]): void {
  for (const id of credited) {
    const person = people.byId.get(id)
    if (person === undefined) continue
    person.titleIds = person.titleIds.filter((one) => one !== titleId)
    if (person.titleIds.length === 0) people.byId.delete(id)
  }
}

export interface Credit {
  readonly department: 'cast' | 'crew'
  readonly role: string | null
}

/** What one person did for a title. */
export function creditsOf (title: Partial<Credits> | undefined, personId: string): Credit[] {
  const of = (department: 'cast' | 'crew'): Credit[] =>
    (title?.[department] ?? []).filter((one) => personIdOf(one) === personId).map(({ role }) => ({ department, role }))
  return [...of('cast'), ...of('crew')]
}

/** Every word of the query begins a word of the name; case and accents are folded. */
export function hasName (query: string): (person: Pick<CataloguePerson, 'sortName'>) => boolean {
  const wanted = foldText(query).split(/\s+/)
  return ({ sortName }) => {
    // Most people have nothing of it in their name, and are many.
    if (!wanted.every((beginning) => sortName.includes(beginning))) return false
    const words = sortName.split(/[\s-]+/)
    return wanted.every((beginning) =>
      words.some((word) => word.startsWith(beginning)) || sortName.startsWith(beginning)
    )
  }
}

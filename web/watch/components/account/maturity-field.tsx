// The maturity limit of a profile, with the ratings that it allows.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { SelectField } from '@shared/design/field.js'

/** Ages at which ratings begin (MPA ratings and US TV Parental Guidelines). */
const RATINGS_FROM_AGE: ReadonlyArray<readonly [age: number, ratings: string]> = [
  [0, 'G, TV-Y, TV-G'],
  [7, 'TV-Y7'],
  [8, 'PG, TV-PG'],
  [13, 'PG-13'],
  [14, 'TV-14'],
  [17, 'R, TV-MA'],
  [18, 'NC-17'],
]
const MAX_KIDS_AGE = 7
const ADULT_AGE = 18

interface MaturityFieldProps {
  readonly isKids: boolean
  readonly value: number
  readonly onChange: (age: number) => void
}

export function MaturityField ({ isKids, value, onChange }: MaturityFieldProps): ReactNode {
  const t = useTranslations('editProfile')
  const limit = isKids ? MAX_KIDS_AGE : ADULT_AGE
  const shown = Math.min(value, limit)
  const ages = [...new Set([...RATINGS_FROM_AGE.map(([age]) => age), shown])]
    .filter((age) => age <= limit)
    .sort((one, other) => one - other)
  const describe = (age: number): string => {
    const ratings = RATINGS_FROM_AGE.filter(([from]) => from <= age).at(-1)?.[1] ?? ''
    return age === ADULT_AGE ? t('everything') : t('ageAndRatings', { age, ratings })
  }
  return (
    <SelectField
      label={t('maturity')}
      hint={t(isKids ? 'maturityKidsText' : 'maturityText')}
      options={ages.map((age) => ({ value: String(age), label: describe(age) }))}
      value={String(shown)}
      onChange={({ target }) => {
        onChange(Number(target.value))
      }}
    />
  )
}

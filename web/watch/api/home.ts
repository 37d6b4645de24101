// The rows of the home page.
import { queryOptions } from '@tanstack/react-query'
import { profileClient, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { currentProfileId } from '@shared/api/session.js'
import { watchingKey } from './keys.js'

export type HomePageData = Schemas['HomePage']

export const homeQuery = () =>
  queryOptions({
    queryKey: watchingKey('home'),
    queryFn: async ({ signal }) =>
      await unwrap(
        profileClient.GET('/v1/profiles/{profileId}/home', {
          params: { path: { profileId: currentProfileId() } },
          signal,
        }),
      ),
  })

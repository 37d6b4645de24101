// Plays a movie with the client that oapi-codegen generates, and prints where it can be continued.
package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"time"

	"client/api"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func logIn(origin string, token string) *api.ClientWithResponses {
	return must(api.NewClientWithResponses(origin, api.WithRequestEditorFn(
		func(_ context.Context, request *http.Request) error {
			if token != "" {
				request.Header.Set("Authorization", "Bearer "+token)
			}
			return nil
		})))
}

func main() {
	background := context.Background()
	origin := os.Getenv("ORIGIN")
	credentials := api.LogInBody{Email: os.Getenv("EMAIL"), Password: os.Getenv("PASSWORD")}
	tokens := must(logIn(origin, "").LogInWithResponse(background, nil, credentials)).JSON200
	profile := tokens.Account.Profiles[0].Id
	account := logIn(origin, tokens.AccessToken)
	selected := must(account.SelectProfileWithResponse(background, profile, api.SelectProfileBody{})).JSON200
	client := logIn(origin, selected.AccessToken)
	home := must(client.GetHomeWithResponse(background, profile)).JSON200
	card := must(client.ListTitlesWithResponse(background, nil)).JSON200.Items[0]
	start := api.StartPlaybackBody{ItemId: card.Id}
	stream := must(client.StartPlaybackWithResponse(background, profile, nil, start)).JSON201.StreamId
	beat := api.SendHeartbeatBody{PositionMs: 3_000, At: time.Now()}
	must(client.SendHeartbeatWithResponse(background, profile, stream, beat))
	stop := api.StopPlaybackBody{PositionMs: 4_000, At: time.Now()}
	stopped := must(client.StopPlaybackWithResponse(background, profile, stream, stop)).JSON200
	continued := must(client.ListContinueWatchingWithResponse(background, profile, nil)).JSON200.Items[0]
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"rows":       len(home.Rows),
		"title":      card.Title,
		"rating":     *card.MaturityRating,
		"year":       *card.Year,
		"stoppedMs":  stopped.Progress.PositionMs,
		"kind":       continued.Kind,
		"continueMs": continued.PositionMs,
	})
}

package apiclient

import "testing"

func TestReadStatus(t *testing.T) {
	for _, c := range []struct {
		name, body, word string
		wrong            bool
	}{
		{"waiting", `{"status":"WAITING"}`, Waiting, false},
		{"in sync", `{"status":"IN-SYNC"}`, InSync, false},
		{"failed", `{"status":"FAILED"}`, Failed, false},
		{"completed", `{"status":"COMPLETED"}`, Completed, false},
		{"white space around it", `{"status":" RUNNING\n"}`, Running, false},
		{"an unknown word", `{"status":"Paused"}`, "Paused", false},
		{"more fields", `{"status":"RUNNING","id":"x","error":"","steps":[1]}`, Running, false},
		{"other letter case", `{"Status":"RUNNING"}`, Running, false},
		{"the exact name first", `{"STATUS":"FAILED","status":"RUNNING"}`, Running, false},
		{"empty", ``, "", false},
		{"white space", " \n", "", false},
		{"null", `null`, "", false},
		{"empty object", `{}`, "", false},
		{"empty status", `{"status":""}`, "", false},
		{"blank status", `{"status":"  "}`, "", false},
		{"null status", `{"status":null}`, "", false},
		{"words without a status", `{"message":"nothing here","error":null}`, "", false},
		{"an error in place of it", `{"error":"database unreachable"}`, "", true},
		{"it is somewhere inside", `{"replication":{"status":"RUNNING"}}`, "", true},
		{"a list", `[{"status":"RUNNING"}]`, "", true},
		{"a string", `"RUNNING"`, "", true},
		{"text", `RUNNING`, "", true},
		{"HTML", `<html>`, "", true},
		{"cut", `{"status":"RUN`, "", true},
		{"two objects", `{}{"status":"RUNNING"}`, "", true},
		{"a number", `{"status":3}`, "", true},
		{"an object", `{"status":{"word":"RUNNING"}}`, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := readStatus(&answer{status: 200, body: []byte(c.body)})
			if (err != nil) != c.wrong || s.Word != c.word || s.Exists != (c.word != "") || s.Raw != c.body {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

package steps

import "time"

// ProblemKind sorts what can go wrong by what helps against it.
type ProblemKind string

// Kinds of problems.
const (
	ProblemNetwork   ProblemKind = "network"    // no answer
	ProblemTimeout   ProblemKind = "time-out"   // took too long
	ProblemSignedOut ProblemKind = "signed out" // the login is not good any more
	ProblemForbidden ProblemKind = "forbidden"  // a role is missing
	ProblemNotFound  ProblemKind = "not found"
	ProblemTaken     ProblemKind = "taken"    // the name, or the thing itself, is there already
	ProblemBusy      ProblemKind = "busy"     // another operation is under way
	ProblemRefused   ProblemKind = "refused"  // the request as it is will not be taken
	ProblemServer    ProblemKind = "server"   // the other side has trouble
	ProblemJob       ProblemKind = "job"      // accepted, then failed
	ProblemAnswer    ProblemKind = "answer"   // an answer that makes no sense
	ProblemPassword  ProblemKind = "password" // wrong user or password
	ProblemLocked    ProblemKind = "locked"   // the account is locked
	ProblemPasscode  ProblemKind = "passcode" // mistyped, too old or used
	ProblemAddress   ProblemKind = "address"  // there is no Cloud Foundry
	ProblemCancelled ProblemKind = "cancelled"
	ProblemLocal     ProblemKind = "local" // this machine: disk, file, configuration

	ProblemRateLimit   ProblemKind = "rate limit"    // too many requests
	ProblemNoRoute     ProblemKind = "unknown route" // the platform's router does not know the way, as while it restarts
	ProblemTokenServer ProblemKind = "token server"  // gives no token, and does not say that the login has ended
	ProblemCertificate ProblemKind = "certificate"   // of the server, not trusted here
	ProblemLead        ProblemKind = "lead"          // another machine leads the migration; nothing was sent
	ProblemEnded       ProblemKind = "ended"         // the wizard did, before an answer came
)

// Problem is what went wrong, as observed.
type Problem struct {
	Kind      ProblemKind
	Says      string // the other side's words, or the system's
	Status    int    // HTTP; 0 without an answer
	RequestID string
	Raw       string // the answer's text, for support
	Unclear   bool   // the request may have been carried out all the same

	RetryAfter time.Duration // that the other side asks for; 0: it names none
	NotBefore  time.Time     // the same as a time, once the machine has taken it in
}

// Explained is a problem explained: what failed, what was not changed, what to do.
type Explained struct {
	What       string
	Says       string
	NotChanged string
	Next       string
	RequestID  string
	More       More
}

// Explain puts a failed request into words.
func Explain(w Work) Explained {
	t := w.Problem.explained("Could not "+w.Effect.String()+".", unchanged(w), w.Effect.Do)
	switch {
	case w.Status == Deferred:
		t.What, t.Says, t.Next = "Not done yet: "+w.Effect.String()+".", w.waits(w.At), "Nothing: it is tried again by itself, after a look."
	case w.unknown():
		t.What, t.Next = "It is not clear whether this was carried out: "+w.Effect.String()+".", "Nothing yet: the look tells."
	case w.GivenUp():
		t.Next = "It was tried " + Times(w.Tries) + " since " + w.First.Format(timeOfDay) + ". " + t.Next
	}
	return t
}

// unknown reports whether nobody has seen yet what came of a request.
func (w Work) unknown() bool { return w.Status == Unclear }

// ExplainLook puts a failed observation into words.
func ExplainLook(see Observable, p Problem) Explained {
	return p.explained("Could not look at the "+string(see)+".", "Looking changes nothing.", "")
}

func (p Problem) explained(what, unchanged string, do Verb) Explained {
	t := Explained{What: what, Says: p.Says, NotChanged: unchanged, Next: remedy(p.Kind, do), RequestID: p.RequestID}
	if !p.NotBefore.IsZero() {
		t.Next = "The other side asks to wait until " + p.NotBefore.Format(timeOfDay) + "."
	}
	if p.Kind == ProblemAnswer {
		t.More = MoreRequests // support can read the text of the answer there
	}
	return t
}

func unchanged(w Work) string {
	if w.unknown() {
		return "It is not clear whether it was carried out. The wizard looks before it does anything else."
	}
	if w.Problem.Unclear {
		return "There was no clear answer. A look since then shows that it was not carried out."
	}
	return w.Effect.verb().untouched(w.Effect)
}

func remedy(kind ProblemKind, do Verb) string {
	//exhaustive:enforce
	switch kind {
	case ProblemNetwork:
		return "Check the network, the VPN and the proxy settings, then try again."
	case ProblemTimeout:
		if do == DoCheck {
			return "The check can take minutes, and a gateway may give up before it ends. Try again."
		}
		return "Try again; if it stays so, ask SAP support whether the landscape has trouble."
	case ProblemSignedOut:
		return "Sign in again; this step then goes on."
	case ProblemPassword:
		return "Check what you typed. With two factors append the code to the password; behind a company login use the passcode."
	case ProblemLocked:
		return "Wait some minutes, then try once; your identity provider's administrator can unlock it sooner."
	case ProblemPasscode:
		return "Get another one at the same address: each works once, for a few minutes."
	case ProblemAddress:
		return "Compare the address with the BTP cockpit: it is on the page of your subaccount, as API endpoint."
	case ProblemForbidden:
		return "Your user needs the Space Developer role in this space. An org or space manager can give it to you: cf set-space-role USER ORG SPACE SpaceDeveloper"
	case ProblemNotFound:
		return "Somebody may have renamed or deleted it. Look at the databases and keys again."
	case ProblemTaken:
		return "Use the one that is there, or choose another name."
	case ProblemBusy:
		return "Another operation on the same thing is under way. Wait a moment, then try again."
	case ProblemRefused:
		return "Read what the other side says, mend it, then try again."
	case ProblemServer:
		return "The other side has trouble. Wait a moment, then try again; if it stays so, contact SAP support with the request id."
	case ProblemRateLimit:
		return "Too many requests were sent. Wait, then try again: asking more often makes it longer."
	case ProblemNoRoute:
		return "The platform's router does not find the service at the moment: it may be restarting. Wait a moment, then try again."
	case ProblemTokenServer:
		return "The token server gives no token at the moment. The login has not ended: wait a moment, then try again."
	case ProblemCertificate:
		return "This machine does not trust the server's certificate. Name the certificates of the landscape, or of the proxy between, with --ca-file."
	case ProblemEnded:
		return "Look at what is there, then try again."
	case ProblemJob:
		return "Read the reason, mend it, then try again. A service broker's failure that stays is a case for SAP support."
	case ProblemAnswer:
		return "The answer was not what the service documents. Try again; if it stays so, contact SAP support with the text of the answer."
	case ProblemCancelled:
		return "It was stopped on your word. Start it again when you like."
	case ProblemLocal:
	}
	return "Mend it, then try again."
}

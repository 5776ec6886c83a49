package sandbox

import "time"

// The stories of a platform: who may do what, how it is called, how quick it
// is, and what runs on it. The migration itself goes as on a good day.

func crowded() scenario {
	s := goodDay()
	s.name, s.teaches = "crowded", "Hundreds of orgs, spaces, instances and applications: lists have many pages."
	s.company = (*world).crowdedCompany
	return s
}

func trial() scenario {
	s := goodDay()
	s.name, s.teaches = "trial", "Source and target are of a trial plan, which can not be migrated; another pair could."
	s.company = (*world).trialCompany
	return s
}

func noRights() scenario {
	s := goodDay()
	s.name, s.teaches = "no-rights", "The user may look at the space and change nothing: a space developer is needed."
	s.company = (*world).lookersCompany
	return s
}

func expiredLogin() scenario {
	s := goodDay()
	s.name, s.teaches = "expired-login", "The login that cf keeps has died, its refresh token too: sign in anew."
	s.loginAge = refreshLifetime + 24*time.Hour
	return s
}

func rotatingTokens() scenario {
	s := goodDay()
	s.name, s.teaches = "rotating-tokens", "Every refresh token works once: who keeps an old one is signed out."
	s.rotates = true
	return s
}

func asyncSlow() scenario {
	s := goodDay()
	s.name, s.teaches = "async-slow", "Jobs take minutes; opening access and creating a key fail the first time."
	s.brokers = brokers{
		takes: map[string]time.Duration{
			createInstances: 25 * time.Minute, updateInstances: 8 * time.Minute, deleteInstances: 12 * time.Minute,
			createKeys: 4 * time.Minute, deleteKeys: 2 * time.Minute,
			createBindings: 3 * time.Minute, deleteBindings: 2 * time.Minute,
		},
		stumbles: map[string]string{
			updateInstances: "Service broker error: the network policy of the database could not be changed, try again later",
			createKeys:      "Service broker error: no database user could be created: too many connections",
		},
	}
	return s
}

func sharedInstance() scenario {
	s := goodDay()
	s.name, s.teaches = "shared-instance", "The source is shared with another space, where an application is bound to it."
	s.company = (*world).sharingCompany
	return s
}

func euAccess() scenario {
	s := goodDay()
	s.name, s.teaches = "eu-access", "A landscape with EU access has a name of its own: eu11."
	s.landscape = "eu11.hana.ondemand.com"
	return s
}

func extension() scenario {
	s := goodDay()
	s.name, s.teaches = "extension", "An extension landscape has a number in its name: eu10-004."
	s.landscape = "eu10-004.hana.ondemand.com"
	return s
}

func forgottenWriter() scenario {
	s := goodDay()
	s.name, s.teaches = "forgotten-writer", "Seven ways to write to the source: whoever is forgotten loses data."
	s.company = (*world).forgetfulCompany
	return s
}

func slowApps() scenario {
	s := goodDay()
	s.name, s.teaches = "slow-apps", "One application takes minutes to start, another never becomes healthy on the target."
	s.company = (*world).slowCompany
	return s
}

func manyApps() scenario {
	s := goodDay()
	s.name, s.teaches = "many-apps", "Sixty applications, started and stopped, bound in all ways: put each back exactly."
	s.company = (*world).busyCompany
	return s
}

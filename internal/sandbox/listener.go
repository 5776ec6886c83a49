package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
)

// AddressError says why an address cannot be listened on, whatever the machine is like.
type AddressError struct{ Addr, Why string }

func (e *AddressError) Error() string { return "sandbox: listen address " + e.Addr + ": " + e.Why }

// listen opens a TCP listener, on loopback only unless remote is set.
func listen(addr string, remote bool) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		why := err.Error()
		if at, ok := errors.AsType[*net.AddrError](err); ok {
			why = at.Err
		}
		return nil, &AddressError{addr, why}
	}
	if !remote && !tcp.IP.IsLoopback() {
		return nil, &AddressError{addr, "it can be reached from other machines, and the passwords here are known to everybody: use 127.0.0.1"}
	}
	listener, err := net.ListenTCP("tcp", tcp)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return listener, nil
}

// memoryAddr is the address of an in-memory listener. It looks like loopback
// because clients refuse plain HTTP to anything else.
const memoryAddr = "127.0.0.1:9800"

// ListenMemory returns an in-memory listener and its dial function, which
// refuses any other address. Unlike sockets, it works in a synctest bubble.
func ListenMemory() (net.Listener, func(ctx context.Context, network, addr string) (net.Conn, error)) {
	m := &memoryListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	return m, m.dial
}

type memoryListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (m *memoryListener) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	refused := func(err error) error {
		return &net.OpError{Op: "dial", Net: network, Addr: memoryAddress(addr), Err: err}
	}
	if addr != memoryAddr {
		return nil, refused(fmt.Errorf("only %s exists in memory", memoryAddr))
	}
	client, server := net.Pipe()
	select {
	case m.conns <- server:
		return client, nil
	case <-m.closed:
		return nil, refused(net.ErrClosed)
	case <-ctx.Done():
		return nil, refused(ctx.Err())
	}
}

func (m *memoryListener) Accept() (net.Conn, error) {
	select {
	case conn := <-m.conns:
		return conn, nil
	case <-m.closed:
		return nil, &net.OpError{Op: "accept", Net: "memory", Addr: m.Addr(), Err: net.ErrClosed}
	}
}

func (m *memoryListener) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

func (m *memoryListener) Addr() net.Addr { return memoryAddress(memoryAddr) }

type memoryAddress string

func (memoryAddress) Network() string  { return "memory" }
func (a memoryAddress) String() string { return string(a) }
